# One function for each kind of target, so that a room's CMakeLists.txt is a few lines.

find_program(CRUX_CCACHE ccache)
if(CRUX_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CRUX_CCACHE})
endif()
find_program(CRUX_MOLD mold)
if(CRUX_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(crux_flags INTERFACE)
target_include_directories(crux_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_options(crux_flags INTERFACE -Wall -Wextra -Wshadow $<$<BOOL:${CRUX_WERROR}>:-Werror>)
if(CRUX_SANITIZE)
  add_compile_options(-fsanitize=${CRUX_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CRUX_SANITIZE})
  add_compile_definitions(CRUX_SANITIZED)
  # The checks it adds hide from gcc 12 that Boost's numbers are set before they are read.
  add_compile_options(-Wno-maybe-uninitialized)
endif()

# Parsing the standard library and nlohmann-json takes longer than most of our files themselves: what
# nearly every file of a target includes is precompiled once for it.
set(CRUX_COMMON_HEADERS <nlohmann/json.hpp> <algorithm> <functional> <map> <memory> <optional> <span>
    <string> <string_view> <vector>)
function(crux_precompile target)
  target_precompile_headers(${target} PRIVATE ${CRUX_COMMON_HEADERS} ${ARGN})
endfunction()

# crux_unity(target ALONE files..): sources are compiled eight together: a first build takes about half
# the time, for a longer one after an edit (the dev preset compiles each alone). Names of unnamed
# namespaces must then differ within a target; files where they do not are ALONE.
option(CRUX_UNITY "Compile several sources together" OFF)
function(crux_unity target)
  cmake_parse_arguments(UNITY "" "" "ALONE" ${ARGN})
  if(CRUX_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    set_source_files_properties(${UNITY_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()

# crux_room(name): a static library of all sources in this folder (not below it). Globbed, so that a
# new file needs no second edit; the test of ARCHITECTURE.md sees to it that each file is named there.
function(crux_room name)
  cmake_parse_arguments(ROOM "" "" "EXCLUDE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(excluded IN LISTS ROOM_EXCLUDE)
    list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${excluded})
  endforeach()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC crux_flags)
  else() # a room without sources yet
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE crux_flags)
  endif()
endfunction()

# crux_tests(room_target): every tst_*.cpp of this folder becomes one Qt Test executable.
#   LABEL fast|slow|peer  LINK libs..  TIMEOUT seconds  PCH target whose precompiled headers serve
function(crux_tests)
  cmake_parse_arguments(TEST "OFFSCREEN" "LABEL;TIMEOUT;PCH" "LINK" ${ARGN})
  if(NOT TEST_LABEL)
    set(TEST_LABEL fast)
  endif()
  if(NOT TEST_PCH)
    set(TEST_PCH crux_test_pch)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/tst_*.cpp)
  foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    set_target_properties(${name} PROPERTIES AUTOMOC ON
      RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    target_link_libraries(${name} PRIVATE ${TEST_LINK} crux_test_support)
    target_precompile_headers(${name} REUSE_FROM ${TEST_PCH})
    target_compile_options(${name} PRIVATE -O1) # what is slow lies in the libraries; compiles a third faster
    target_compile_definitions(${name} PRIVATE
      CRUX_SOURCE_DIR="${PROJECT_SOURCE_DIR}" CRUX_BINARY_DIR="${PROJECT_BINARY_DIR}")
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS ${TEST_LABEL} TIMEOUT ${TEST_TIMEOUT}
      ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;GOMP_SPINCOUNT=2000") # core/engine/openmp_waits.cpp
  endforeach()
endfunction()
