# How every target of this project is compiled and linked.

find_program(CCACHE ccache)
if(CCACHE)
  # Paths are made relative, so that a fresh clone elsewhere reuses the objects of an earlier one.
  set(ccache_launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${ccache_launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ccache_launcher})
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wthread-safety)
  set(CMAKE_PCH_INSTANTIATE_TEMPLATES OFF)
else()
  add_compile_options(-fpch-preprocess)
  if(CMAKE_UNITY_BUILD)
    # What a file keeps to itself looks like a header's, where it is compiled with others.
    add_compile_options(-Wno-subobject-linkage)
  endif()
endif()
add_compile_definitions(WAYPOST_VERSION="${PROJECT_VERSION}")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")

if(WAYPOST_SANITIZE)
  add_compile_options(-fsanitize=${WAYPOST_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  if(WAYPOST_SANITIZE MATCHES undefined)
    # A fifth of the compilation; what they find crashes anyhow, or AddressSanitizer finds it.
    add_compile_options(-fno-sanitize=null,vptr,object-size)
  endif()
  add_link_options(-fsanitize=${WAYPOST_SANITIZE})
  if(WAYPOST_SANITIZE MATCHES thread)
    # protobuf's headers lay messages out differently under this macro than Debian's library was built.
    add_compile_options(-U__SANITIZE_THREAD__)
  endif()
endif()
if(WAYPOST_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# The query path is compiled once more where a whole program is linked, across its folders: a sixth of a steered answer. Objects
# hold machine code besides, with which all other programs are linked as usual.
set(lto_compile_options)
set(lto_link_options)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo" AND NOT WAYPOST_SANITIZE)
  set(lto_compile_options -flto=auto -ffat-lto-objects)
  # What is inlined across folders makes g++ 12 see copies of nothing from nowhere.
  set(lto_link_options -flto=auto -fuse-linker-plugin -Wno-stringop-overread -Wno-stringop-overflow)
  add_link_options(-fno-use-linker-plugin)
endif()
# waypost_query_path(LIBRARIES...), and waypost_whole(PROGRAMS...) that are linked so.
function(waypost_query_path)
  foreach(library ${ARGN})
    target_compile_options(${library} PRIVATE ${lto_compile_options})
  endforeach()
endfunction()
function(waypost_whole)
  foreach(program ${ARGN})
    target_link_options(${program} PRIVATE ${lto_link_options})
  endforeach()
endfunction()

set(WAYPOST_TEST_PREFIX "" CACHE STRING "put before the name of every test")
option(WAYPOST_ONLY_THREADED "leave out the tests of code that starts no thread")

include_directories(${CMAKE_SOURCE_DIR})

# waypost_library(NAME DEPS...): the static library of the folder that calls it, from all its .cc files.
function(waypost_library name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ARGN})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC ${ARGN})
endfunction()

# waypost_program(NAME DEPS...): main.cc of the folder that calls it.
function(waypost_program name)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/main.cc)
    add_executable(${name} main.cc)
    target_link_libraries(${name} PRIVATE ${ARGN})
  endif()
endfunction()

# All that ctest runs; what sanitizer builds need.
add_custom_target(waypost-tests)

# waypost_test(NAME FOLDER DEPS...): one GoogleTest program from all *_test.cc of FOLDER, a ctest entry per program.
function(waypost_test name folder)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*_test.cc)
  if(sources)
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE ${ARGN} GTest::gmock GTest::gtest GTest::gtest_main)
    list(LENGTH sources count)
    if(count GREATER 5)
      target_precompile_headers(${name} PRIVATE <gmock/gmock.h>)
    endif()
    waypost_add_test(${name} COMMAND ${name})
    add_dependencies(waypost-tests ${name})
  endif()
endfunction()

# waypost_add_test(NAME COMMAND ...): a ctest entry that runs in the source folder; sanitizer builds prefix its name.
# tests/run lets ctest run as many at a time as it has halves of cores: a test takes both halves of one, unless it waits most of
# the time (waypost_waits(NAME)).
function(waypost_add_test name)
  add_test(NAME ${WAYPOST_TEST_PREFIX}${name} ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${WAYPOST_TEST_PREFIX}${name} PROPERTIES TIMEOUT 300 PROCESSORS 2
    ENVIRONMENT "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/tsan.supp")
endfunction()
function(waypost_waits name)
  set_tests_properties(${WAYPOST_TEST_PREFIX}${name} PROPERTIES PROCESSORS 1)
endfunction()
