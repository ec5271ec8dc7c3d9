if(TARGET crux_ui)
  crux_bench(bench_heat_map SOURCES bench_heat_map.cpp LINK crux_ui)
endif()
