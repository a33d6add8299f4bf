# cloudcart_library(<folder>
#     [SOURCES ...] [DEPENDS cloudcart targets...] [PRIVATE third-party targets...] [TESTS ...]
#     [APART sources or tests that are compiled by themselves] [ENGINES what the tests need, see cloudcart_test])
# One static library per source folder, named after its path below src/ (src/order/app -> order_app).
# Its unit tests stand beside the code and become the test program <name>_test.
#
# Up to eight files of a target are compiled as one, which takes half the time. Two of them that give something of their own
# the same name ("redefinition of ...") cannot be: share it, name it better, or put one of the files into APART.
function(cloudcart_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE;TESTS;APART;ENGINES" ${ARGN})
  cloudcart_compile_apart(${ARG_APART})
  string(REPLACE "/" "_" name "${folder}")
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE})
    cloudcart_use_pch(${name})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${name} INTERFACE ${ARG_DEPENDS})
  endif()
  if(CLOUDCART_TESTS AND ARG_TESTS)
    cloudcart_test(${name}_test SOURCES ${ARG_TESTS} DEPENDS ${name} ENGINES ${ARG_ENGINES})
  endif()
endfunction()

# What to run first under ThreadSanitizer: where threads meet, without servers. They have the label threads as well, and the
# target of this name builds them.
set(CLOUDCART_THREADS_TESTS
  adapters_memory_cache_test adapters_sqlite_store_test auth_test cache_test core_test events_test http_beast_test http_test
  order_contract_test product_sqlite_contract_test recommendation_domain_test runtime_test)
add_custom_target(threads)

# What computes for longer than optimising it takes.
set(CLOUDCART_OPTIMISED_TESTS recommendation_domain_test)

# cloudcart_test(<name> SOURCES ... DEPENDS ... [LABELS ...] [APART ...] [ENGINES postgres redis kafka clickhouse chdb])
# ENGINES: the servers that the tests talk to; ctest starts them first (tests/engines). The program has support/engines.h,
# and with postgres support/postgres_schema.h, with clickhouse or chdb
# support/clickhouse_database.h. It is run at build time to list its tests, without servers.
function(cloudcart_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LABELS;APART;ENGINES" ${ARGN})
  cloudcart_compile_apart(${ARG_APART})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} tests_support GTest::gmock GTest::gtest_main)
  if(name IN_LIST CLOUDCART_OPTIMISED_TESTS)
    cloudcart_use_pch(${name})
  else()
    cloudcart_use_pch(${name} cloudcart_test_pch)
    cloudcart_compile_quickly(${name})
  endif()
  cloudcart_use_engines(${name} engine_properties ${ARG_ENGINES})
  if(name IN_LIST CLOUDCART_THREADS_TESTS)
    list(APPEND ARG_LABELS threads)
    add_dependencies(threads ${name})
  endif()
  set(timeout 120)
  if(CLOUDCART_SANITIZE)
    set(timeout 600)
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${timeout} ${engine_properties})
  cloudcart_label_tests(${name} "${ARG_LABELS}")
endfunction()

# cloudcart_pytest(<name> [test files...]): those of the present folder, all when none is named, as one test.
# With Debian's Python: its packages are installed by scripts/setup, another Python's may not be. What failed is remembered
# for each, so that it alone can be tried again (scripts/test).
function(cloudcart_pytest name)
  add_test(NAME ${name}
           COMMAND /usr/bin/python3 -m pytest -q -o "cache_dir=${CMAKE_CURRENT_BINARY_DIR}/${name}" ${ARGN}
           WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
endfunction()

# A test runs about once for each time that it is compiled, and to optimise it is most of the time that compiling takes. What a
# sanitizer slows down is optimised all the same.
function(cloudcart_compile_quickly name)
  if(NOT CLOUDCART_SANITIZE)
    target_compile_options(${name} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O0>)
  endif()
endfunction()

# Of discovered tests, which cannot be given a list: the second label would be taken for the next property's name, and
# what comes after it be lost.
function(cloudcart_label_tests name labels)
  set(script "${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake")
  file(WRITE "${script}" "if(DEFINED ${name}_TESTS)
  set_tests_properties(\${${name}_TESTS} PROPERTIES LABELS \"${labels}\")
endif()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${script}")
endfunction()

# Links what reaches the engines; sets <result> to the properties by which ctest starts them.
function(cloudcart_use_engines name result)
  foreach(engine IN LISTS ARGN)
    if(engine STREQUAL "postgres")
      target_link_libraries(${name} PRIVATE tests_postgres)
    elseif(engine MATCHES "^(redis|kafka)$")
      target_link_libraries(${name} PRIVATE tests_engines)
    elseif(engine MATCHES "^(clickhouse|chdb)$")
      target_link_libraries(${name} PRIVATE tests_clickhouse)
    else()
      message(FATAL_ERROR "${name}: there is no engine ${engine}; there are postgres, redis, kafka, clickhouse and chdb")
    endif()
  endforeach()
  set(properties)
  if(ARGN)
    set(properties FIXTURES_REQUIRED engines
                   ENVIRONMENT "CLOUDCART_TEST_ENGINES=${PROJECT_BINARY_DIR}/engines/addresses.env")
  endif()
  set(${result} ${properties} PARENT_SCOPE)
endfunction()

function(cloudcart_compile_apart)
  if(ARGN)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()

# cloudcart_use_pch(<name> [the target whose header it is])
function(cloudcart_use_pch name)
  set(from cloudcart_pch)
  if(ARGC GREATER 1)
    set(from ${ARGV1})
  endif()
  target_precompile_headers(${name} REUSE_FROM ${from})
  target_link_libraries(${name} PRIVATE Boost::json fmt::fmt)
endfunction()

# Sets <result> to a generated source file with every migration of migrations/<technology>/.
function(cloudcart_embed_migrations technology result)
  set(root "${PROJECT_SOURCE_DIR}/migrations/${technology}")
  set(embedded "${CMAKE_CURRENT_BINARY_DIR}/migrations.cpp")
  file(GLOB migrations CONFIGURE_DEPENDS "${root}/*/*.sql")
  list(JOIN migrations " " names)
  add_custom_command(
    OUTPUT "${embedded}"
    # The names are part of the command, so that one that was removed is noticed as well.
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${embedded} -DROOT=${root} -DTECHNOLOGY=${technology} "-DNAMES=${names}"
            -P "${PROJECT_SOURCE_DIR}/cmake/EmbedMigrations.cmake"
    DEPENDS ${migrations} "${PROJECT_SOURCE_DIR}/cmake/EmbedMigrations.cmake"
    VERBATIM)
  set(${result} "${embedded}" PARENT_SCOPE)
endfunction()
