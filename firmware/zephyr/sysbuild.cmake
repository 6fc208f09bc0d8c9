# SPDX-License-Identifier: Apache-2.0
# What the application and its boot loader have to have in common.

# configure(IMAGE VARIABLE FILE...): adds files to those an image is configured from.
function(configure image variable)
  set(files $CACHE{${image}_${variable}})
  list(APPEND files ${ARGN})
  list(REMOVE_DUPLICATES files)
  set(${image}_${variable} ${files} CACHE INTERNAL "From the application" FORCE)
endfunction()

# The boot loader swaps the application's slots, so it has to know them.
configure(mcuboot EXTRA_DTC_OVERLAY_FILE ${CMAKE_CURRENT_LIST_DIR}/partitions-${BOARD}.dtsi)
configure(mcuboot EXTRA_CONF_FILE ${CMAKE_CURRENT_LIST_DIR}/sysbuild/mcuboot.conf)

# Signed with the image: its version as a counter, and its product, the lowest byte first.
set(product)
foreach(bits 0 8 16 24)
  math(EXPR byte "(${SB_CONFIG_WATTLE_PRODUCT} >> ${bits}) & 0xff | 0x100" OUTPUT_FORMAT HEXADECIMAL)
  string(SUBSTRING ${byte} 3 2 byte)
  string(APPEND product ${byte})
endforeach()
set_config_string(${DEFAULT_IMAGE} CONFIG_MCUBOOT_EXTRA_IMGTOOL_ARGS
                  "--security-counter auto --custom-tlv 0x00a0 0x${product}")

if(SB_CONFIG_WATTLE_RELEASE)
  if(SB_CONFIG_BOOT_SIGNATURE_KEY_FILE MATCHES "/root-[^/]*\\.pem$")
    message(FATAL_ERROR "A release is signed with a key of your own: SB_CONFIG_BOOT_SIGNATURE_KEY_FILE")
  endif()
  configure(${DEFAULT_IMAGE} EXTRA_CONF_FILE ${CMAKE_CURRENT_LIST_DIR}/release.conf)
  configure(mcuboot EXTRA_CONF_FILE ${CMAKE_CURRENT_LIST_DIR}/sysbuild/mcuboot-release.conf)
endif()
