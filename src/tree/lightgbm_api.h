// SPDX-License-Identifier: Apache-2.0
// The functions of LightGBM's C API that are used here. Its Python package brings the library but
// no header; the C API of 4.x is stable and public.
//
// Errors    every function that returns int gives 0, or -1 and LGBM_GetLastError() of this thread.
// Threads   the log callback and level are those of the calling thread; the number of OpenMP
//           threads is one for the process, set from `num_threads` of the last parameters seen.
// Source    https://github.com/microsoft/LightGBM/blob/v4.6.0/include/LightGBM/c_api.h
#pragma once

#include <cstdint>

extern "C" {

const char* LGBM_GetLastError();
int LGBM_RegisterLogCallback(void (*callback)(const char*));

/// How many rows LGBM_SampleIndices gives, and which: ascending.
int LGBM_GetSampleCount(int32_t rows, const char* parameters, int* count);
int LGBM_SampleIndices(int32_t rows, const char* parameters, void* indices, int32_t* count);

/// A data set whose bins come from a sample: of each column the values that are not zero (NaN
/// counts as such) and their positions in the sample. Its rows follow by PushRows, row-major, from
/// the first to the last; the last one finishes it.
int LGBM_DatasetCreateFromSampledColumn(double** values, int** positions, int32_t columns,
                                        const int* values_of_column, int32_t sampled_rows,
                                        int32_t rows, int64_t rows_in_all, const char* parameters,
                                        void** dataset);
int LGBM_DatasetPushRows(void* dataset, const void* data, int data_type, int32_t rows,
                         int32_t columns, int32_t first_row);
int LGBM_DatasetSetField(void* dataset, const char* name, const void* data, int count,
                         int data_type);
int LGBM_DatasetFree(void* dataset);

/// The data set must outlive the booster.
int LGBM_BoosterCreate(void* dataset, const char* parameters, void** booster);
int LGBM_BoosterUpdateOneIter(void* booster, int* finished);
/// JSON of some rounds; `length` counts the closing zero, and the text is written only if it fits.
int LGBM_BoosterDumpModel(void* booster, int first_round, int rounds, int importance_type,
                          int64_t buffer_length, int64_t* length, char* text);
int LGBM_BoosterPredictForMat(void* booster, const void* data, int data_type, int32_t rows,
                              int32_t columns, int is_row_major, int predict_type, int first_round,
                              int rounds, const char* parameters, int64_t* length, double* result);
int LGBM_BoosterFree(void* booster);

}  // extern "C"

namespace cenote {

inline constexpr int kLightgbmFloat32 = 0;  // data types
inline constexpr int kLightgbmRaw = 1;      // predict types
inline constexpr int kLightgbmContributions = 3;

}  // namespace cenote
