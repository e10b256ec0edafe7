# SPDX-License-Identifier: Apache-2.0
# cenote_kind(<target> <kind> [<folder>]): makes every src/<kind>/X.cpp an entry called X, or every <folder>/X.cpp where
# a folder is given; those of a folder share one test that runs them all.
#
# Writes registry_<kind>.cpp into the build folder from the file names. Each file defines one function
# through CENOTE_<KIND>(X); a file that does not is a link error that names the missing function.
# There are no static initialisers: the linker drops them from static libraries without a word.
function(cenote_kind target kind)
  set(folder "src/${kind}")
  if(ARGC GREATER 2)
    set(folder ${ARGV2})
  endif()
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${folder}/*.cpp")
  list(SORT files)
  string(SUBSTRING ${kind} 0 1 first)
  string(TOUPPER ${first} first)
  string(SUBSTRING ${kind} 1 -1 rest)
  set(type "${first}${rest}Entry")
  set(declarations "")
  set(entries "")
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    if(ARGC EQUAL 2 AND NOT EXISTS "${CMAKE_SOURCE_DIR}/tests/${kind}/test_${name}.cpp")
      message(FATAL_ERROR "src/${kind}/${name}.cpp has no test: add tests/${kind}/test_${name}.cpp")
    endif()
    string(APPEND declarations "${type} ${kind}_${name}();\n")
    string(APPEND entries "      {\"${name}\", entries::${kind}_${name}()},\n")
  endforeach()
  set(output "${CMAKE_BINARY_DIR}/registry/registry_${kind}.cpp")
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [[
// Written by cmake/kind.cmake from the files of @folder@/.
#include "@kind@/@kind@.h"

namespace cenote {
namespace entries {
@declarations@}  // namespace entries

const Registry<@type@>& @kind@_registry() {
  static const Registry<@type@> registry("@kind@", {
@entries@  });
  return registry;
}
}  // namespace cenote
]])
  target_sources(${target} PRIVATE ${output})
endfunction()
