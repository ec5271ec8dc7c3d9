# LibTorch as the target crux_torch, made from its folder. Its own TorchConfig.cmake is not used: that
# of a CUDA wheel wants the CUDA toolkit (compiler, headers), which nothing here needs, and refuses to
# configure without it, also where only the CPU is asked for.
#
# Torch_DIR: the folder of TorchConfig.cmake, as packaging/setup.sh finds it.
find_path(Torch_DIR TorchConfig.cmake PATHS ${CMAKE_PREFIX_PATH} $ENV{Torch_DIR} NO_DEFAULT_PATH
  PATH_SUFFIXES share/cmake/Torch)
if(NOT Torch_DIR)
  message(FATAL_ERROR "LibTorch was not found: run packaging/setup.sh and export the CRUX_TORCH_CMAKE "
    "that it writes to .deps/env.sh, or configure with -DTorch_DIR=FOLDER of TorchConfig.cmake.")
endif()
cmake_path(SET crux_torch_root NORMALIZE ${Torch_DIR}/../../..)

# crux_torch_library(NAME): lib/libNAME.so of the folder as a target.
function(crux_torch_library name)
  add_library(crux_torch_${name} SHARED IMPORTED GLOBAL)
  set_target_properties(crux_torch_${name} PROPERTIES IMPORTED_NO_SONAME OFF
    IMPORTED_LOCATION ${crux_torch_root}/lib/lib${name}.so)
endfunction()

add_library(crux_torch INTERFACE)
target_include_directories(crux_torch SYSTEM INTERFACE
  ${crux_torch_root}/include ${crux_torch_root}/include/torch/csrc/api/include)
target_compile_definitions(crux_torch INTERFACE USE_DISTRIBUTED USE_C10D_GLOO) # as it was built
crux_torch_library(torch_cpu)
crux_torch_library(c10)
target_link_libraries(crux_torch INTERFACE crux_torch_torch_cpu crux_torch_c10)

# Its CUDA half is never linked: core/engine's cuda_library loads it from beside the others where it
# is there, so that what is built here runs with whichever half the machine has.
target_link_libraries(crux_torch INTERFACE ${CMAKE_DL_LIBS})
