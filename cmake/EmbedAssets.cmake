# cmake -DDIST=web/dist -DOUTPUT=assets.c -P EmbedAssets.cmake
# Writes a C file that holds every file below DIST (none when DIST is empty) and a table of them sorted by path.
set(text "#include <stddef.h>\n\nstruct cloudcart_asset { const char* path; const unsigned char* begin; const unsigned char* end; };\n")
set(table "")
set(count 0)
if(DIST)
  file(GLOB_RECURSE files RELATIVE "${DIST}" "${DIST}/*")
  list(SORT files)
  foreach(file IN LISTS files)
    if(file MATCHES "\\.map$")
      continue()
    endif()
    string(APPEND text
      "__asm__(\".section .rodata\\n.global cloudcart_asset_${count}\\n.global cloudcart_asset_${count}_end\\n\"\n"
      "        \"cloudcart_asset_${count}:\\n.incbin \\\"${DIST}/${file}\\\"\\ncloudcart_asset_${count}_end:\\n.byte 0\\n.previous\\n\");\n"
      "extern const unsigned char cloudcart_asset_${count}[], cloudcart_asset_${count}_end[];\n")
    string(APPEND table "  {\"/${file}\", cloudcart_asset_${count}, cloudcart_asset_${count}_end},\n")
    math(EXPR count "${count} + 1")
  endforeach()
endif()
string(APPEND text "const struct cloudcart_asset cloudcart_assets[] = {\n${table}  {0, 0, 0}\n};\n"
  "const size_t cloudcart_asset_count = ${count};\n")
file(WRITE "${OUTPUT}" "${text}")
