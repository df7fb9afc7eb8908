# Read by CMake inside llama.cpp when llama-cpp-python is compiled (build-support/set_up.py names it).
# It leaves out what Python does not use and lets the compiler spend its time on what runs per token.

set(LLAMA_BUILD_COMMON OFF) # the library of the command-line tools
set(LLAMA_BUILD_APP OFF)

# -O3 is needed by the kernels (ggml, untouched) and by what goes through the vocabulary for every
# token: with -O1 a token under a grammar takes an eighth longer. The rest of the library builds the
# graph or runs once: there -O1 costs nothing measurable and takes a third less to compile.
function(spend_time_where_it_counts)
  if(MSVC OR NOT TARGET llama)
    return()
  endif()
  target_compile_options(llama PRIVATE -O1)
  foreach(name IN ITEMS grammar sampler vocab)
    set_source_files_properties(
      "${CMAKE_CURRENT_SOURCE_DIR}/src/llama-${name}.cpp"
      TARGET_DIRECTORY llama
      PROPERTIES COMPILE_OPTIONS -O3)
  endforeach()
endfunction()
cmake_language(DEFER CALL spend_time_where_it_counts)
