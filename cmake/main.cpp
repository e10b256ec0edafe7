// SPDX-License-Identifier: Apache-2.0
// The program is the command line and nothing else.
#include "cli/cli.h"

int main(int argc, char** argv) { return cenote::run_command_line(argc, argv); }
