if(TARGET crux_train)
  crux_bench(bench_device SOURCES bench_device.cpp LINK crux_train crux_engine)
endif()
