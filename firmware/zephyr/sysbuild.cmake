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

if(SB_CONFIG_WATTLE_RELEASE)
  if(SB_CONFIG_BOOT_SIGNATURE_KEY_FILE MATCHES "/root-[^/]*\\.pem$")
    message(FATAL_ERROR "A release is signed with a key of your own: SB_CONFIG_BOOT_SIGNATURE_KEY_FILE")
  endif()
  configure(${DEFAULT_IMAGE} EXTRA_CONF_FILE ${CMAKE_CURRENT_LIST_DIR}/release.conf)
  configure(mcuboot EXTRA_CONF_FILE ${CMAKE_CURRENT_LIST_DIR}/sysbuild/mcuboot-release.conf)
endif()
