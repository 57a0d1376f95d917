# Completion of waypostctl for bash: goes to /usr/share/bash-completion/completions/waypostctl.
# The program makes the script from its own command line, so the two cannot drift apart.
source <(waypostctl completion bash)
