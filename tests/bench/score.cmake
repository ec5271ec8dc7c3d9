if(TARGET crux_engine)
  crux_bench(bench_score SOURCES bench_score.cpp machine.cpp qwen_half.cpp LINK crux_engine)
endif()
