if(TARGET crux_jobs)
  crux_bench(bench_search SOURCES bench_search.cpp LINK crux_jobs)
endif()
