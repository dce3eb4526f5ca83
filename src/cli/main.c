#include "cli/cli.h"

int main(int count, char **words)
{
    return leat_cli_main(count, words);
}
