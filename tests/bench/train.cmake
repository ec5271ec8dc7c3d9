if(TARGET crux_train)
  crux_bench(bench_train SOURCES bench_train.cpp machine.cpp qwen_half.cpp LINK crux_train)
endif()
