if(TARGET crux_engine)
  crux_bench(bench_score SOURCES bench_score.cpp LINK crux_engine)
endif()
