# Compiler, language and the options that every target shares.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutine code that CloudCart relies on. "
    "Use clang 19: 'apt-get install clang-19 lld-19', then 'cmake --preset dev' "
    "(the presets select it), or pass -DCMAKE_CXX_COMPILER=clang++-19.")
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "clang ${CMAKE_CXX_COMPILER_VERSION} is too old for CloudCart; use clang 19 or newer.")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Werror=return-type
                    -Wno-missing-field-initializers -fno-omit-frame-pointer)
# Where several files are compiled as one, the names of one would be said to shadow those of another; scripts/lint compiles each alone.
if(NOT CMAKE_UNITY_BUILD)
  add_compile_options(-Wshadow)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_compile_options(-Wthread-safety)
  # ccache may only share a precompiled header that holds no time stamps.
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
  add_link_options(-fuse-ld=lld)
endif()
if(CLOUDCART_SANITIZE)
  add_compile_options(-fsanitize=${CLOUDCART_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CLOUDCART_SANITIZE})
endif()
if(CLOUDCART_LTO)
  add_compile_options(-flto=thin)
  add_link_options(-flto=thin)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()
