if(TARGET crux_engine)
  crux_bench(bench_generate SOURCES bench_generate.cpp LINK crux_engine)
endif()
