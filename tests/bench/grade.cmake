if(TARGET crux_text AND TARGET crux-cli)
  crux_bench(bench_grade SOURCES bench_grade.cpp LINK crux_text)
  add_dependencies(bench_grade crux-cli)
endif()
