// Prints what a Dockerfile says, instruction by instruction, and what its checker has against it, as JSON.
//   NODE_PATH=$(scripts/checkers where dockerfile-utils) node read_dockerfile.js FILE
const { readFileSync } = require('node:fs');
const { DockerfileParser } = require('dockerfile-ast');
const { validate } = require('dockerfile-utils');

const text = readFileSync(process.argv[2], 'utf8');
const instructions = DockerfileParser.parse(text)
  .getInstructions()
  .map((each) => ({
    line: each.getRange().start.line + 1,
    keyword: each.getKeyword(),
    flags: (each.getFlags?.() ?? []).map((flag) => `--${flag.getName()}=${flag.getValue() ?? ''}`),
    words: each.getArguments().map((word) => word.getValue()),
  }));
const complaints = validate(text).map((each) => `line ${each.range.start.line + 1}: ${each.message}`);
process.stdout.write(JSON.stringify({ instructions, complaints }));
