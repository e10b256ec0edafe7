# SPDX-License-Identifier: Apache-2.0
# What Cenote is built with: libtorch from the torch Python package, DuckDB's C library, LightGBM, Debian's packages.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)

# libtorch: headers and libraries only. Its own CMake files would bring compiler flags and language
# features that are not needed here, and take seconds to run.
file(GLOB torch_dirs "${CENOTE_DEPS}/venv/lib/python3*/site-packages/torch")
list(LENGTH torch_dirs torch_found)
if(NOT torch_found EQUAL 1)
  message(FATAL_ERROR "libtorch not found below ${CENOTE_DEPS}/venv: run scripts/setup.sh")
endif()
set(CENOTE_TORCH_DIR ${torch_dirs})
# Its include folder also holds copies of other libraries (fmt, protobuf) that would hide Debian's: link
# to the parts that are torch's own.
set(torch_include "${CMAKE_BINARY_DIR}/torch_include")
file(MAKE_DIRECTORY "${torch_include}")
foreach(part ATen c10 torch caffe2)
  file(CREATE_LINK "${CENOTE_TORCH_DIR}/include/${part}" "${torch_include}/${part}" SYMBOLIC)
endforeach()
add_library(cenote_torch INTERFACE)
target_include_directories(cenote_torch SYSTEM INTERFACE
    "${torch_include}" "${torch_include}/torch/csrc/api/include")
target_link_directories(cenote_torch INTERFACE "${CENOTE_TORCH_DIR}/lib")
target_link_options(cenote_torch INTERFACE "-Wl,-rpath,${CENOTE_TORCH_DIR}/lib")
# Loaded for its registrations, not for a symbol: keep it even where nothing refers to it.
target_link_libraries(cenote_torch INTERFACE "-Wl,--no-as-needed" torch_cpu c10 "-Wl,--as-needed")

if(CENOTE_DUCKDB_ROOT)
  set(duckdb_root "${CENOTE_DUCKDB_ROOT}")
else()
  set(duckdb_root "${CENOTE_DEPS}/duckdb")
endif()
if(NOT EXISTS "${duckdb_root}/include/duckdb.h")
  message(FATAL_ERROR "DuckDB not found below ${duckdb_root}: run scripts/setup.sh or set CENOTE_DUCKDB_ROOT")
endif()
set(CENOTE_DUCKDB_EXTENSIONS "${duckdb_root}/extensions")
add_library(cenote_duckdb INTERFACE)
target_include_directories(cenote_duckdb SYSTEM INTERFACE "${duckdb_root}/include")
target_link_directories(cenote_duckdb INTERFACE "${duckdb_root}/lib")
target_link_options(cenote_duckdb INTERFACE "-Wl,-rpath,${duckdb_root}/lib")
target_link_libraries(cenote_duckdb INTERFACE duckdb)

# LightGBM: the library of its Python package. src/tree/lightgbm_api.h declares what is used of it.
file(GLOB lightgbm_libraries "${CENOTE_DEPS}/venv/lib/python3*/site-packages/lightgbm/lib/lib_lightgbm.so")
list(LENGTH lightgbm_libraries lightgbm_found)
if(NOT lightgbm_found EQUAL 1)
  message(FATAL_ERROR "LightGBM not found below ${CENOTE_DEPS}/venv: run scripts/setup.sh")
endif()
get_filename_component(lightgbm_dir "${lightgbm_libraries}" DIRECTORY)
add_library(cenote_lightgbm INTERFACE)
target_link_directories(cenote_lightgbm INTERFACE "${lightgbm_dir}")
target_link_options(cenote_lightgbm INTERFACE "-Wl,-rpath,${lightgbm_dir}")
target_link_libraries(cenote_lightgbm INTERFACE _lightgbm)
