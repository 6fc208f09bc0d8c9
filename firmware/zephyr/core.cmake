# SPDX-License-Identifier: Apache-2.0
# wattle_core(TARGET): adds the portable parts to TARGET, as they are for every
# other device.
get_filename_component(WATTLE_ROOT ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)

function(wattle_core target)
  file(GLOB portable CONFIGURE_DEPENDS ${WATTLE_ROOT}/pairing/*.c ${WATTLE_ROOT}/firmware/core/*.c)
  # Flash in a buffer is for Linux and for tests.
  list(FILTER portable EXCLUDE REGEX "/firmware/core/nor\\.c$")
  target_sources(${target} PRIVATE ${portable})
  target_include_directories(${target} PRIVATE ${WATTLE_ROOT})

  # Zephyr's module is nanopb itself; here only what is made of our messages:
  # "pairing/pairing.pb.h", with the limits of pairing.options beside the .proto.
  set(NANOPB_GENERATE_CPP_STANDALONE OFF)
  nanopb_generate_cpp(sources headers RELPATH ${WATTLE_ROOT} ${WATTLE_ROOT}/pairing/pairing.proto)
  target_sources(${target} PRIVATE ${sources} ${headers})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
