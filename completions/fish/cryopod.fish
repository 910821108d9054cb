# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_cryopod_global_optspecs
    string join \n root= runroot= tmpdir= runtime= log-level= cgroup-manager= network-config-dir= conmon= h/help v/version
end

function __fish_cryopod_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_cryopod_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_cryopod_using_subcommand
    set -l cmd (__fish_cryopod_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c cryopod -n "__fish_cryopod_needs_command" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_needs_command" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_needs_command" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_needs_command" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_needs_command" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_needs_command" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_needs_command" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_needs_command" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_needs_command" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_needs_command" -s v -l version -d 'Print version information'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "container" -d 'Manage containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "checkpoint" -d 'Manage checkpoints with names'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "image" -d 'Manage images'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "network" -d 'Manage networks'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "pod" -d 'Manage pods'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "volume" -d 'Manage volumes'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "healthcheck" -d 'Manage health checks on containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "system" -d 'Manage the engine'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "create" -d 'Create but do not start a container'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "run" -d 'Run a command in a new container'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "start" -d 'Start one or more containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "stop" -d 'Stop one or more containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "kill" -d 'Kill one or more running containers with a specific signal'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "pause" -d 'Pause all the processes in one or more containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "unpause" -d 'Unpause the processes in one or more containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "wait" -d 'Block on one or more containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "rm" -d 'Remove one or more containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "logs" -d 'Fetch the logs of one or more containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "exec" -d 'Run a process in a running container'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "attach" -d 'Attach to a running container'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "restart" -d 'Restart one or more containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "rename" -d 'Rename an existing container'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "top" -d 'Display the running processes of a container'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "stats" -d 'Display a live stream of container resource usage statistics'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "port" -d 'List port mappings or a specific mapping for the container'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "cp" -d 'Copy files/folders between a container and the local filesystem'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "diff" -d 'Inspect changes to the container\'s file systems'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "export" -d 'Export container\'s filesystem contents as a tar archive'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "update" -d 'Update an existing container'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "commit" -d 'Create new image based on the changed container'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "ps" -d 'List containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "inspect" -d 'Display the configuration of object denoted by ID'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "images" -d 'List images in local storage'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "import" -d 'Import a tarball to create a filesystem image'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "load" -d 'Load image(s) from a tar archive'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "save" -d 'Save image(s) to an archive'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "history" -d 'Show history of a specified image'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "pull" -d 'Pull an image from a registry'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "push" -d 'Push an image to a registry'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "login" -d 'Log in to a container registry'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "logout" -d 'Log out of a container registry'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "rmi" -d 'Remove one or more images from local storage'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "tag" -d 'Add an additional name to a local image'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "untag" -d 'Remove a name from a local image'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "events" -d 'Show events'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "doctor" -d 'Show whether this host can freeze and thaw containers'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "info" -d 'Display system information'
complete -c cryopod -n "__fish_cryopod_needs_command" -f -a "version" -d 'Display the version information'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "create" -d 'Create but do not start a container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "run" -d 'Run a command in a new container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "start" -d 'Start one or more containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "stop" -d 'Stop one or more containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "kill" -d 'Kill one or more running containers with a specific signal'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "pause" -d 'Pause all the processes in one or more containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "unpause" -d 'Unpause the processes in one or more containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "wait" -d 'Block on one or more containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "rm" -d 'Remove one or more containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "logs" -d 'Fetch the logs of one or more containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "exec" -d 'Run a process in a running container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "attach" -d 'Attach to a running container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "restart" -d 'Restart one or more containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "rename" -d 'Rename an existing container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "top" -d 'Display the running processes of a container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "stats" -d 'Display a live stream of container resource usage statistics'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "port" -d 'List port mappings or a specific mapping for the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "cp" -d 'Copy files/folders between a container and the local filesystem'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "diff" -d 'Inspect changes to the container\'s file systems'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "export" -d 'Export container\'s filesystem contents as a tar archive'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "update" -d 'Update an existing container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "commit" -d 'Create new image based on the changed container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "list" -d 'List containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "ls" -d 'List containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "ps" -d 'List containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "inspect" -d 'Display the configuration of a container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "exists" -d 'Check if a container exists in local storage'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "diagnose" -d 'Show what stands in the way of freezing or thawing containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "checkpoint" -d 'Freeze one or more containers to disk'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "restore" -d 'Restore one or more containers from a checkpoint'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "prune" -d 'Remove all non running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and not __fish_seen_subcommand_from create run start stop kill pause unpause wait rm logs exec attach restart rename top stats port cp diff export update commit list ls ps inspect exists diagnose checkpoint restore prune cleanup" -f -a "cleanup" -d 'Clean up after one or more containers that ended'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l add-host -d 'Add a custom host-to-IP mapping (host:ip)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l annotation -d 'Add annotations to container (key=value)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l cap-add -d 'Add capabilities to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l cap-drop -d 'Drop capabilities from the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l cidfile -d 'Write the container ID to the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l detach-keys -d 'Override the key sequence for detaching a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l device -d 'Add a host device to the container (HOST[:CONTAINER][:PERMISSIONS])' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l dns -d 'Set custom DNS servers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l dns-option -d 'Set custom DNS options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l dns-search -d 'Set custom DNS search domains' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l entrypoint -d 'Overwrite the default ENTRYPOINT of the image' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s e -l env -d 'Set environment variables in container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l env-file -d 'Read in a file of environment variables' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l group-add -d 'Add additional groups to the primary container process' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l health-cmd -d 'Set a healthcheck command for the container (\'none\' disables the existing healthcheck)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l health-interval -d 'Set an interval for the healthcheck (a value of disable results in no automatic timer setup)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l health-on-failure -d 'Action to take once the container turns unhealthy ("none"|"kill"|"restart"|"stop")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l health-retries -d 'The number of retries allowed before a healthcheck is considered to be unhealthy' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l health-start-period -d 'The initialization time needed for a container to bootstrap' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l health-timeout -d 'The maximum time allowed to complete the healthcheck before an interval is considered failed' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l cpu-period -d 'Limit CPU CFS (Completely Fair Scheduler) period' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l cpu-quota -d 'Limit CPU CFS (Completely Fair Scheduler) quota' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s c -l cpu-shares -d 'CPU shares (relative weight)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l cpus -d 'Number of CPUs. The default is 0.000 which means no limit' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l cpuset-cpus -d 'CPUs in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l cpuset-mems -d 'Memory nodes (MEMs) in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l memory-reservation -d 'Memory soft limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l memory-swap -d 'Swap limit equal to memory plus swap: \'-1\' to enable unlimited swap' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s h -l hostname -d 'Set container hostname' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l image-volume -d 'Tells how to handle the builtin image volumes (anonymous, tmpfs or ignore)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l ip -d 'Specify a static IPv4 address for the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s l -l label -d 'Set metadata on container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l log-driver -d 'Logging driver for the container ("k8s-file"|"json-file"|"journald"|"none")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l log-opt -d 'Logging driver options (max-size=SIZE)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l mac-address -d 'Container MAC address (e.g. 92:d0:c6:0a:29:33)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s m -l memory -d 'Memory limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l mount -d 'Attach a filesystem mount to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l name -d 'Assign a name to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l network -l net -d 'Connect a container to a network' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l oom-score-adj -d 'Tune the host\'s OOM preferences (-1000 to 1000)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l pids-limit -d 'Tune container pids limit (set -1 for unlimited)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l pod -d 'Run container in an existing pod, or in a new one (new:NAME)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s p -l publish -d 'Publish a container\'s port, or a range of ports, to the host' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l pull -d 'Pull image policy ("always"|"missing"|"never"|"newer")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l restart -d 'Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l security-opt -d 'Security Options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l shm-size -d 'Size of /dev/shm (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l stop-signal -d 'Signal to stop a container. Default is SIGTERM' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l stop-timeout -d 'Timeout (in seconds) that containers stopped by user command have to exit' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l sysctl -d 'Sysctl options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l tmpfs -d 'Mount a temporary filesystem (tmpfs) into a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l ulimit -d 'Ulimit options (NAME=SOFT[:HARD], or host for those of this process)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l umask -d 'Set umask in container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s u -l user -d 'Username or UID (format: <name|uid>[:<group|gid>])' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s v -l volume -d 'Mount a volume or a directory of the host into the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l volumes-from -d 'Mount volumes from the specified container(s)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s w -l workdir -d 'Working directory inside the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l no-healthcheck -d 'Disable healthchecks on container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s i -l interactive -d 'Make STDIN available to the contained process'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l privileged -d 'Give extended privileges to container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Suppress output information when pulling images'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l read-only -d 'Make containers root filesystem read-only'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l replace -d 'If a container with the same name exists, replace it'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l rm -d 'Remove container and any anonymous unnamed volume associated with the container after exit'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l rootfs -d 'The first argument is not an image but the rootfs to the exploded container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -s t -l tty -d 'Allocate a pseudo-TTY for container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from create" -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l sig-proxy -d 'Proxy received signals to the process' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l add-host -d 'Add a custom host-to-IP mapping (host:ip)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l annotation -d 'Add annotations to container (key=value)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l cap-add -d 'Add capabilities to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l cap-drop -d 'Drop capabilities from the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l cidfile -d 'Write the container ID to the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l detach-keys -d 'Override the key sequence for detaching a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l device -d 'Add a host device to the container (HOST[:CONTAINER][:PERMISSIONS])' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l dns -d 'Set custom DNS servers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l dns-option -d 'Set custom DNS options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l dns-search -d 'Set custom DNS search domains' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l entrypoint -d 'Overwrite the default ENTRYPOINT of the image' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s e -l env -d 'Set environment variables in container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l env-file -d 'Read in a file of environment variables' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l group-add -d 'Add additional groups to the primary container process' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l health-cmd -d 'Set a healthcheck command for the container (\'none\' disables the existing healthcheck)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l health-interval -d 'Set an interval for the healthcheck (a value of disable results in no automatic timer setup)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l health-on-failure -d 'Action to take once the container turns unhealthy ("none"|"kill"|"restart"|"stop")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l health-retries -d 'The number of retries allowed before a healthcheck is considered to be unhealthy' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l health-start-period -d 'The initialization time needed for a container to bootstrap' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l health-timeout -d 'The maximum time allowed to complete the healthcheck before an interval is considered failed' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l cpu-period -d 'Limit CPU CFS (Completely Fair Scheduler) period' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l cpu-quota -d 'Limit CPU CFS (Completely Fair Scheduler) quota' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s c -l cpu-shares -d 'CPU shares (relative weight)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l cpus -d 'Number of CPUs. The default is 0.000 which means no limit' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l cpuset-cpus -d 'CPUs in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l cpuset-mems -d 'Memory nodes (MEMs) in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l memory-reservation -d 'Memory soft limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l memory-swap -d 'Swap limit equal to memory plus swap: \'-1\' to enable unlimited swap' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s h -l hostname -d 'Set container hostname' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l image-volume -d 'Tells how to handle the builtin image volumes (anonymous, tmpfs or ignore)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l ip -d 'Specify a static IPv4 address for the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s l -l label -d 'Set metadata on container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l log-driver -d 'Logging driver for the container ("k8s-file"|"json-file"|"journald"|"none")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l log-opt -d 'Logging driver options (max-size=SIZE)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l mac-address -d 'Container MAC address (e.g. 92:d0:c6:0a:29:33)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s m -l memory -d 'Memory limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l mount -d 'Attach a filesystem mount to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l name -d 'Assign a name to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l network -l net -d 'Connect a container to a network' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l oom-score-adj -d 'Tune the host\'s OOM preferences (-1000 to 1000)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l pids-limit -d 'Tune container pids limit (set -1 for unlimited)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l pod -d 'Run container in an existing pod, or in a new one (new:NAME)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s p -l publish -d 'Publish a container\'s port, or a range of ports, to the host' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l pull -d 'Pull image policy ("always"|"missing"|"never"|"newer")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l restart -d 'Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l security-opt -d 'Security Options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l shm-size -d 'Size of /dev/shm (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l stop-signal -d 'Signal to stop a container. Default is SIGTERM' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l stop-timeout -d 'Timeout (in seconds) that containers stopped by user command have to exit' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l sysctl -d 'Sysctl options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l tmpfs -d 'Mount a temporary filesystem (tmpfs) into a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l ulimit -d 'Ulimit options (NAME=SOFT[:HARD], or host for those of this process)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l umask -d 'Set umask in container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s u -l user -d 'Username or UID (format: <name|uid>[:<group|gid>])' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s v -l volume -d 'Mount a volume or a directory of the host into the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l volumes-from -d 'Mount volumes from the specified container(s)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s w -l workdir -d 'Working directory inside the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s d -l detach -d 'Run container in background and print container ID'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l no-healthcheck -d 'Disable healthchecks on container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s i -l interactive -d 'Make STDIN available to the contained process'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l privileged -d 'Give extended privileges to container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Suppress output information when pulling images'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l read-only -d 'Make containers root filesystem read-only'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l replace -d 'If a container with the same name exists, replace it'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l rm -d 'Remove container and any anonymous unnamed volume associated with the container after exit'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l rootfs -d 'The first argument is not an image but the rootfs to the exploded container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -s t -l tty -d 'Allocate a pseudo-TTY for container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from run" -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l checkpoint -d 'Restore from this checkpoint' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l checkpoint-dir -d 'Use a custom checkpoint storage directory' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l detach-keys -d 'Override the key sequence for detaching a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l sig-proxy -d 'Proxy received signals to the process (default true if attaching, false otherwise)' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -l all -d 'Start all containers regardless of their state or configuration'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -s a -l attach -d 'Attach container\'s STDOUT and STDERR'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -s i -l interactive -d 'Make STDIN available to the contained process'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -s t -l time -d 'Seconds to wait for stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -s a -l all -d 'Stop all running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -s i -l ignore -d 'Ignore errors when a specified container is missing'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -s s -l signal -d 'Signal to send to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -s a -l all -d 'Signal all running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from kill" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -s a -l all -d 'Pause all running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -s a -l all -d 'Unpause all paused containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from unpause" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -l condition -d 'Condition to wait on: a status ("created", "running", "paused", "exited", "stopped", "removing")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -s i -l interval -d 'Time interval to wait before polling for completion' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -l ignore -d 'Ignore if a container does not exist'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -s t -l time -d 'Seconds to wait for stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -s a -l all -d 'Remove all containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -s f -l force -d 'Force removal of a running or unusable container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -s i -l ignore -d 'Ignore errors when a specified container is missing'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -s v -l volumes -d 'Remove anonymous volumes associated with the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -l since -d 'Show logs since TIMESTAMP, or since a duration ago' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -l tail -d 'Output the specified number of lines at the end of the logs, -1 for all' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -l until -d 'Show logs until TIMESTAMP, or until a duration ago' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -s f -l follow -d 'Follow log output'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -s n -l names -d 'Output the container name in the log'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -s t -l timestamps -d 'Output the timestamps in the log'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from logs" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -s e -l env -d 'Set environment variables' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -l env-file -d 'Read in a file of environment variables' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -s u -l user -d 'Sets the username or UID used and optionally the groupname or GID for the specified command' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -s w -l workdir -d 'Working directory inside the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -s d -l detach -d 'Run the exec session in detached mode (backgrounded)'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -s i -l interactive -d 'Make STDIN available to the contained process'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -l privileged -d 'Give the process extended Linux capabilities inside the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -s t -l tty -d 'Allocate a pseudo-TTY'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exec" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -l detach-keys -d 'Select the key sequence for detaching a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -l sig-proxy -d 'Proxy received signals to the process' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -l no-stdin -d 'Do not attach STDIN'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from attach" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -s f -l filter -d 'Filter output based on conditions given' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -s t -l time -d 'Seconds to wait for stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -s a -l all -d 'Restart all containers regardless of their state or configuration'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -l running -d 'Restart only running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restart" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rename" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rename" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rename" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rename" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rename" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rename" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rename" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rename" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from top" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from top" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from top" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from top" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from top" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from top" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from top" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from top" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from top" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from top" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l format -d 'Pretty-print container statistics to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -s i -l interval -d 'Time in seconds between stats reports' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -s a -l all -d 'Show all containers. Only running containers are shown by default'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l no-reset -d 'Disable resetting the screen between intervals'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l no-stream -d 'Disable streaming stats and only pull the first result'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -l no-trunc -d 'Do not truncate output'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from stats" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from port" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from port" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from port" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from port" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from port" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from port" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from port" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from port" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from port" -s a -l all -d 'Display port information for all containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from port" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from port" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cp" -s a -l archive -d 'Chown copied files to the primary uid/gid of the destination container' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cp" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cp" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cp" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cp" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cp" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cp" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cp" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cp" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cp" -l overwrite -d 'Allow to overwrite directories with non-directories and vice versa'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cp" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diff" -l format -d 'Change the output format (json)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diff" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diff" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diff" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diff" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diff" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diff" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diff" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diff" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diff" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from export" -s o -l output -d 'Write to a specified file (default: stdout, which must be redirected)' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from export" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from export" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from export" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from export" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from export" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from export" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from export" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from export" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -s m -l memory -d 'Memory limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l pids-limit -d 'Tune container pids limit (set -1 for unlimited)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l restart -d 'Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l cpu-period -d 'Limit CPU CFS (Completely Fair Scheduler) period' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l cpu-quota -d 'Limit CPU CFS (Completely Fair Scheduler) quota' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -s c -l cpu-shares -d 'CPU shares (relative weight)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l cpus -d 'Number of CPUs. The default is 0.000 which means no limit' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l cpuset-cpus -d 'CPUs in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l cpuset-mems -d 'Memory nodes (MEMs) in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l memory-reservation -d 'Memory soft limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l memory-swap -d 'Swap limit equal to memory plus swap: \'-1\' to enable unlimited swap' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -s a -l author -d 'Set the author for the image committed' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -s c -l change -d 'Apply an instruction to the created image: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -s f -l format -d 'Format of the image manifest and metadata' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -l iidfile -d 'File to write the image ID to' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -s m -l message -d 'Set commit message for imported image' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -s p -l pause -d 'Pause container during commit'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -s q -l quiet -d 'Suppress output'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from commit" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -s f -l filter -d 'Filter output based on conditions given (id, name, status, label, ancestor, exited, health, volume, pod)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l format -d 'Pretty-print containers to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -s n -l last -d 'Print the n last created containers (all states)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l sort -d 'Sort output by: command, created, id, image, names, runningfor, status' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -s a -l all -d 'Show all the containers, default is only running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -s l -l latest -d 'Show the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l no-trunc -d 'Display the extended information'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -l noheading -d 'Do not print headers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -s p -l pod -d 'Print the ID and name of the pod the containers are associated with'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the numeric IDs of the containers only'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Filter output based on conditions given (id, name, status, label, ancestor, exited, health, volume, pod)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l format -d 'Pretty-print containers to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -s n -l last -d 'Print the n last created containers (all states)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l sort -d 'Sort output by: command, created, id, image, names, runningfor, status' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -s a -l all -d 'Show all the containers, default is only running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -s l -l latest -d 'Show the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Display the extended information'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -l noheading -d 'Do not print headers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -s p -l pod -d 'Print the ID and name of the pod the containers are associated with'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the numeric IDs of the containers only'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -s f -l filter -d 'Filter output based on conditions given (id, name, status, label, ancestor, exited, health, volume, pod)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l format -d 'Pretty-print containers to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -s n -l last -d 'Print the n last created containers (all states)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l sort -d 'Sort output by: command, created, id, image, names, runningfor, status' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -s a -l all -d 'Show all the containers, default is only running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -s l -l latest -d 'Show the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l no-trunc -d 'Display the extended information'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -l noheading -d 'Do not print headers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -s p -l pod -d 'Print the ID and name of the pod the containers are associated with'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -s q -l quiet -d 'Print the numeric IDs of the containers only'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from ps" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from inspect" -s f -l format -d 'Format the output to a Go template or json' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from inspect" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from inspect" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from inspect" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from inspect" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from inspect" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from inspect" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from inspect" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from inspect" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from inspect" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exists" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exists" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exists" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exists" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exists" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exists" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exists" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exists" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from exists" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -s a -l all -d 'Look at all containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -l json -d 'Print the findings as JSON'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from diagnose" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -s c -l compress -d 'Select compression algorithm (gzip, none, zstd) for checkpoint archive. Default is zstd' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l create-image -d 'Create checkpoint image with specified name' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l empty-ns -d 'Leave the content of a namespace out (network)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -s e -l export -d 'Export the checkpoint image to an archive' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l image-path -d 'Directory for CRIU\'s images instead of the container\'s own' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l manage-cgroups-mode -d 'How CRIU manages cgroups (soft, full, strict, ignore); without it they stay out of the images' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l network-lock -d 'How CRIU locks the network (iptables, nftables, skip)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l page-server -d 'Send the memory to this page server, or serve it there with --lazy-pages' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l parent-path -d 'Earlier images to build upon, relative to --image-path' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l encrypt-to -d 'Encrypt to this age recipient, or to those in this file' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l sign-by -d 'Sign with the secret key of minisign in this file' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l sign-passphrase-file -d 'Read the passphrase of the signing key from this file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l skip-check -d 'Go on though this check fails (all: make none)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l status-fd -d 'Descriptor that gets a zero byte once pages are served' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l work-path -d 'Directory for CRIU\'s log and statistics' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -s a -l all -d 'Checkpoint all running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l auto-dedup -d 'Punch pages out of the earlier images that the new ones replace'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l dry-run -d 'Say what would be done and what stands in the way, and do nothing'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l ext-unix-sk -d 'Allow unix sockets whose peer is outside the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l file-locks -d 'Checkpoint a container with file locks'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l ignore-rootfs -d 'Do not include root file-system changes when exporting'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l ignore-volumes -d 'Do not include the content of named volumes when exporting'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l include-image -d 'Put the container\'s image in the archive or checkpoint image too'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l json -d 'With --dry-run: print it as JSON'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -s k -l keep -d 'Keep all temporary checkpoint files'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l lazy-pages -d 'Keep the memory here and serve its pages until the other side has all of them'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -s R -l leave-running -d 'Leave the container running after writing checkpoint to disk'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l link-remap -d 'Give unlinked files a name for the time being where that is possible'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -s P -l pre-checkpoint -d 'Dump the container\'s memory information only, leave the container running'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l print-stats -d 'Display checkpoint statistics'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l shell-job -d 'Allow a session whose terminal is outside the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l tcp-established -d 'Checkpoint a container with established TCP connections'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l tcp-skip-in-flight -d 'Leave out TCP connections that are being made'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -l with-previous -d 'Checkpoint only what changed since the last --pre-checkpoint'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from checkpoint" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l empty-ns -d 'Leave the content of a namespace out (network)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l image-path -d 'Directory of CRIU\'s images instead of the container\'s own' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -s i -l import -d 'Restore from exported checkpoint archive (tar.gz)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l import-previous -d 'Restore from exported pre-checkpoint archive (tar.gz)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l lsm-mount-context -d 'LSM mount context of the restored mounts' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l lsm-profile -d 'LSM profile of the restored processes' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l manage-cgroups-mode -d 'How CRIU manages cgroups (soft, full, strict, ignore)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l network-lock -d 'How CRIU unlocks the network (iptables, nftables, skip)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -s n -l name -d 'Specify new name for container restored from exported checkpoint' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l page-server -d 'With --lazy-pages: fetch the memory from this page server' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l pod -d 'Restore container into existing Pod (only works with image or --import)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -s p -l publish -d 'Publish these ports instead of those that the archive publishes' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l skip-check -d 'Go on though this check fails (all: any that can be skipped)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l decrypt-with -d 'Decrypt with the age keys in this file (-: standard input)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l verify-with -d 'Require a signature by this public key of minisign, or by one in this file' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l work-path -d 'Directory for CRIU\'s log and statistics' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -s a -l all -d 'Restore all checkpointed containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l allow-capabilities -d 'Grant an imported container capabilities and paths of /proc and /sys beyond the usual ones'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l allow-devices -d 'Grant an imported container the device nodes that its archive names'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l allow-host-network -d 'Grant an imported container the network of this host'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l allow-mounts -d 'Grant an imported container the directories of this host that its archive names'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l auto-dedup -d 'Punch pages out of the images as soon as they are restored'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l ext-unix-sk -d 'Allow unix sockets whose peer is outside the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l dry-run -d 'Say what would be done and what stands in the way, and do nothing'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l file-locks -d 'Restore a container with file locks'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l ignore-rootfs -d 'Do not apply root file-system changes when importing from exported checkpoint'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l ignore-volumes -d 'Do not apply the content of named volumes when importing from exported checkpoint'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l ignore-static-ip -d 'Ignore IP address set via --static-ip'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l ignore-static-mac -d 'Ignore MAC address set via --mac-address'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l json -d 'With --dry-run: print it as JSON'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -s k -l keep -d 'Keep all temporary checkpoint files'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l lazy-pages -d 'Bring memory when it is touched: the container runs at once'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l print-stats -d 'Display restore statistics'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l shell-job -d 'Allow a session whose terminal is outside the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l tcp-close -d 'Restore a container with established TCP connections closed'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l tcp-established -d 'Restore a container with established TCP connections'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -l require-signature -d 'Require a signature by a key of the host\'s policy'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from prune" -l filter -d 'Provide filter values (label, label!, until)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from prune" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from prune" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from prune" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from prune" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from prune" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from prune" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from prune" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from prune" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from prune" -s f -l force -d 'Do not prompt for confirmation'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -s a -l all -d 'Clean up all containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -l rm -d 'After cleanup, remove the container entirely'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -l stopped-only -d 'Only clean up if the container is stopped'
complete -c cryopod -n "__fish_cryopod_using_subcommand container; and __fish_seen_subcommand_from cleanup" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "create" -d 'Create a checkpoint from a running container'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "diff" -d 'Show what changed between two checkpoints of a container'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "inspect" -d 'Display all about checkpoints, with the processes in them'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "ls" -d 'List checkpoints'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "list" -d 'List checkpoints'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "prune" -d 'Remove all checkpoints, or the older ones'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "pull" -d 'Pull a checkpoint image from a registry'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "push" -d 'Push a checkpoint to a registry, or write it in the format of another engine'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "rm" -d 'Remove checkpoints'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "delete" -d 'Remove checkpoints'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "remove" -d 'Remove checkpoints'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "show" -d 'Look into checkpoints: processes, memory, files, sockets, who made them'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "tag" -d 'Give a checkpoint another name'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and not __fish_seen_subcommand_from create diff inspect ls list prune pull push rm delete remove show tag verify" -f -a "verify" -d 'Check that archives and images are what was written, and by whom they are signed'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l checkpoint-dir -d 'Use a custom checkpoint storage directory' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l exit -d 'End the container once its checkpoint is made (the default)' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l skip-check -d 'Go on though this check fails (all: make none)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l dedup -d 'Keep only the memory that earlier checkpoints of the container have not'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l ext-unix-sk -d 'Allow unix sockets whose peer is outside the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l file-locks -d 'Checkpoint a container with file locks'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -s R -l leave-running -d 'Leave the container running after checkpoint'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l link-remap -d 'Give unlinked files a name for the time being where that is possible'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l shell-job -d 'Allow a session whose terminal is outside the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l tcp-established -d 'Checkpoint a container with established TCP connections'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l tcp-skip-in-flight -d 'Leave out TCP connections that are being made'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -l with-previous -d 'Checkpoint only what changed since the last --pre-checkpoint'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from diff" -l checkpoint-dir -d 'Use a custom checkpoint storage directory' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from diff" -s f -l format -d 'Format the output to a Go template or json' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from diff" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from diff" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from diff" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from diff" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from diff" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from diff" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from diff" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from diff" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from inspect" -l checkpoint-dir -d 'Use a custom checkpoint storage directory' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from inspect" -s f -l format -d 'Format the output to a Go template or json' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from inspect" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from inspect" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from inspect" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from inspect" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from inspect" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from inspect" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from inspect" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from inspect" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -l checkpoint-dir -d 'Use a custom checkpoint storage directory' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -l format -d 'Change the output format to JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Do not truncate output'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -s n -l noheading -d 'Do not print column headings'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Display only names'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -l checkpoint-dir -d 'Use a custom checkpoint storage directory' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -l format -d 'Change the output format to JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not truncate output'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -s n -l noheading -d 'Do not print column headings'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Display only names'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -l filter -d 'Only checkpoints that fit (until=TIME: made before it)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -l keep -d 'Keep so many of each container, the newest' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -s f -l force -d 'Do not prompt for confirmation'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -s q -l quiet -d 'Suppress output information when pulling images'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from pull" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l digestfile -d 'Write the digest of what was pushed to the specified file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l format -d 'Format of the checkpoint ("oci"|"containerd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l name -d 'Name of the checkpoint in the layout' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l binds -d 'Put in what is in directories of this host that are mounted into the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l image -d 'Put in the image below (without --rw, --image, --task: all of them)'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -s q -l quiet -d 'Suppress output information when pushing images'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l rw -d 'Put in what the container changed'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -l task -d 'Put in memory and processes'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from push" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from rm" -l checkpoint-dir -d 'Use a custom checkpoint storage directory' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from rm" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from rm" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from rm" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from rm" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from rm" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from rm" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from rm" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from rm" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from delete" -l checkpoint-dir -d 'Use a custom checkpoint storage directory' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from delete" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from delete" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from delete" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from delete" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from delete" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from delete" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from delete" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from delete" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from remove" -l checkpoint-dir -d 'Use a custom checkpoint storage directory' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from remove" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from remove" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from remove" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from remove" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from remove" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from remove" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from remove" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from remove" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l checkpoint-dir -d 'Use a custom checkpoint storage directory' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l decrypt-with -d 'Decrypt with the age keys in this file (-: standard input)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -s f -l format -d 'Format the output to a Go template or json' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l html -d 'Write a page for a browser to this file; of two checkpoints with their differences' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l environment -d 'Show the environment of each process too'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -l json -d 'Print JSON, as --format json does'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from tag" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from tag" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from tag" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from tag" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from tag" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from tag" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from tag" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from tag" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from tag" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l decrypt-with -d 'Decrypt with the age keys in this file (-: standard input)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l verify-with -d 'Require a signature by this public key of minisign, or by one in this file' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l json -d 'Print JSON'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -l require-signature -d 'Require a signature by a key of the host\'s policy'
complete -c cryopod -n "__fish_cryopod_using_subcommand checkpoint; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "list" -d 'List images in local storage'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "ls" -d 'List images in local storage'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "rm" -d 'Remove one or more images from local storage'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "import" -d 'Import a tarball to create a filesystem image'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "load" -d 'Load image(s) from a tar archive'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "save" -d 'Save image(s) to an archive'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "history" -d 'Show history of a specified image'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "prune" -d 'Remove unused images'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "pull" -d 'Pull an image from a registry'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "push" -d 'Push an image to a registry'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "tag" -d 'Add an additional name to a local image'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "untag" -d 'Remove a name from a local image'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "inspect" -d 'Display the configuration of an image'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and not __fish_seen_subcommand_from list ls rm import load save history prune pull push tag untag inspect exists" -f -a "exists" -d 'Check if an image exists in local storage'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -l format -d 'Change the output format to JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -s a -l all -d 'Show all images'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -l digests -d 'Show digests'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not truncate output'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -s n -l noheading -d 'Do not print column headings'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Display only image IDs'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -l format -d 'Change the output format to JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -s a -l all -d 'Show all images'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -l digests -d 'Show digests'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Do not truncate output'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -s n -l noheading -d 'Do not print column headings'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Display only image IDs'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -s a -l all -d 'Remove all images'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -s f -l force -d 'Remove also the containers that use the image'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -s i -l ignore -d 'Ignore errors if a specified image does not exist'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -s c -l change -d 'Apply an instruction to the created image: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -s m -l message -d 'Set commit message for imported image' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Suppress output'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from load" -s i -l input -d 'Read from specified archive file (default: stdin)' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from load" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from load" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from load" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from load" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from load" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from load" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from load" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from load" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from load" -s q -l quiet -d 'Suppress the output'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from load" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -l format -d 'Save image to oci-archive, docker-archive' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -s o -l output -d 'Write to a specified file (default: stdout, which must be redirected)' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -l compress -d 'Accepted; layers are saved as they were brought in'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -s m -l multi-image-archive -d 'Interpret additional arguments as images not tags and create a multi-image-archive'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -s q -l quiet -d 'Suppress the output'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from save" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -l format -d 'Change the output to JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -s H -l human -d 'Display sizes and dates in human readable format' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -l no-trunc -d 'Do not truncate the output'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Display the numeric IDs only'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from prune" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from prune" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from prune" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from prune" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from prune" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from prune" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from prune" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from prune" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from prune" -s a -l all -d 'Remove all images not in use by containers, not just dangling ones'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from prune" -s f -l force -d 'Do not prompt for confirmation'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l policy -d 'Pull image policy ("always"|"missing"|"never"|"newer")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -s q -l quiet -d 'Suppress output information when pulling images'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from pull" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l digestfile -d 'Write the digest of the pushed image to the specified file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -s q -l quiet -d 'Suppress output information when pushing images'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from push" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from tag" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from tag" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from tag" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from tag" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from tag" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from tag" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from tag" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from tag" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from tag" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from untag" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from untag" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from untag" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from untag" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from untag" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from untag" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from untag" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from untag" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from untag" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from inspect" -s f -l format -d 'Format the output to a Go template or json' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from inspect" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from inspect" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from inspect" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from inspect" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from inspect" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from inspect" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from inspect" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from inspect" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from exists" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from exists" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from exists" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from exists" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from exists" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from exists" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from exists" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from exists" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand image; and __fish_seen_subcommand_from exists" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "connect" -d 'Add container to a network'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "create" -d 'Create networks for containers and pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "disconnect" -d 'Disconnect a container from a network'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "exists" -d 'Check if network exists'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "inspect" -d 'Inspect network'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "ls" -d 'List networks'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "list" -d 'List networks'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "prune" -d 'Prune unused networks'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "reload" -d 'Reload firewall rules for one or more containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "rm" -d 'Remove networks'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "remove" -d 'Remove networks'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and not __fish_seen_subcommand_from connect create disconnect exists inspect ls list prune reload rm remove update" -f -a "update" -d 'Update an existing network'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l alias -d 'Add network-scoped alias for the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l ip -d 'Set a static IPv4 or IPv6 address for this container network' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l ip6 -d 'Set a static IPv6 address for this container network' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l mac-address -d 'Set a static mac address for this container network' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from connect" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l dns -d 'DNS servers this network will use' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -s d -l driver -d 'Driver to manage the network (bridge, macvlan, ipvlan)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l gateway -d 'IPv4 or IPv6 gateway for the subnet' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l interface-name -d 'Interface name which is used by the driver' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l ip-range -d 'Allocate container IP from range (CIDR, or FIRST-LAST)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l ipam-driver -d 'IP address management driver (host-local, dhcp, none)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l label -d 'Set metadata on a network' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -s o -l opt -d 'Set driver specific options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l route -d 'Static routes (DESTINATION,GATEWAY[,METRIC])' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l subnet -d 'Subnets in CIDR format' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l disable-dns -d 'Disable DNS resolution of container names'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l ignore -d 'Don\'t fail if network already exists'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l internal -d 'Restrict external access from this network'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -l ipv6 -d 'Enable IPv6 networking'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from disconnect" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from disconnect" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from disconnect" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from disconnect" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from disconnect" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from disconnect" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from disconnect" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from disconnect" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from disconnect" -s f -l force -d 'Force removal of container from network'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from disconnect" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from exists" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from exists" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from exists" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from exists" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from exists" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from exists" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from exists" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from exists" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from exists" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from inspect" -s f -l format -d 'Pretty-print network to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from inspect" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from inspect" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from inspect" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from inspect" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from inspect" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from inspect" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from inspect" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from inspect" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Provide filter values (name, id, driver, label, until, dangling)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -l format -d 'Pretty-print networks to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Do not truncate the network ID'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -s n -l noheading -d 'Do not print headers'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Display only names'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -s f -l filter -d 'Provide filter values (name, id, driver, label, until, dangling)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -l format -d 'Pretty-print networks to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not truncate the network ID'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -s n -l noheading -d 'Do not print headers'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Display only names'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from prune" -l filter -d 'Provide filter values (label, until)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from prune" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from prune" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from prune" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from prune" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from prune" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from prune" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from prune" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from prune" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from prune" -s f -l force -d 'Do not prompt for confirmation'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from reload" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from reload" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from reload" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from reload" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from reload" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from reload" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from reload" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from reload" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from reload" -s a -l all -d 'Reload network configuration of all containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from reload" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from reload" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from rm" -s t -l time -d 'Seconds to wait for running containers to stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from rm" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from rm" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from rm" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from rm" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from rm" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from rm" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from rm" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from rm" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from rm" -s f -l force -d 'Remove any containers using network'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from remove" -s t -l time -d 'Seconds to wait for running containers to stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from remove" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from remove" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from remove" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from remove" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from remove" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from remove" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from remove" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from remove" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from remove" -s f -l force -d 'Remove any containers using network'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from update" -l dns-add -d 'Add network level nameservers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from update" -l dns-drop -d 'Remove network level nameservers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from update" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from update" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from update" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from update" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from update" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from update" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from update" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from update" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand network; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "checkpoint" -d 'Checkpoint all running containers of a pod at one instant'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "create" -d 'Create a new empty pod'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "exists" -d 'Check if a pod exists in local storage'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "inspect" -d 'Display a pod configuration'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "kill" -d 'Send the specified signal or SIGKILL to containers in pod'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "logs" -d 'Fetch logs for pod with one or more containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "pause" -d 'Pause one or more pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "prune" -d 'Remove all stopped pods and their containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "ps" -d 'List pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "ls" -d 'List pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "list" -d 'List pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "restart" -d 'Restart one or more pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "restore" -d 'Restore a pod from an archive'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "rm" -d 'Remove one or more pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "start" -d 'Start one or more pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "stats" -d 'Display a live stream of resource usage statistics for the containers in one or more pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "stop" -d 'Stop one or more pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "top" -d 'Display the running processes of containers in a pod'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and not __fish_seen_subcommand_from checkpoint create exists inspect kill logs pause prune ps ls list restart restore rm start stats stop top unpause" -f -a "unpause" -d 'Unpause one or more pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -s c -l compress -d 'Select compression algorithm (gzip, none, zstd) for the archives of the containers. Default is zstd' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -s e -l export -d 'Export the checkpoint of the pod to an archive' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l skip-check -d 'Go on though this check fails (all: none is made)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l file-locks -d 'Checkpoint containers with file locks'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l ignore-rootfs -d 'Do not include root file-system changes'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l ignore-volumes -d 'Do not include the content of named volumes'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -s R -l leave-running -d 'Leave the pod running after writing its checkpoint to disk'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -l print-stats -d 'Display checkpoint statistics'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from checkpoint" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l add-host -d 'Add a custom host-to-IP mapping (host:ip)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l dns -d 'Set custom DNS servers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l dns-option -d 'Set custom DNS options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l dns-search -d 'Set custom DNS search domains' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l exit-policy -d 'Behaviour when the last container exits ("continue"|"stop")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -s h -l hostname -d 'Set container hostname' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l infra -d 'Create an infra container associated with the pod to share namespaces with' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l infra-command -d 'Overwrite the default ENTRYPOINT of the image' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l infra-image -d 'Image to use to override builtin infra container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l infra-name -d 'Assign a name to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l ip -d 'Specify a static IPv4 address for the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -s l -l label -d 'Set metadata on container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l mac-address -d 'Container MAC address (e.g. 92:d0:c6:0a:29:33)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -s n -l name -d 'Assign a name to the pod' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l network -l net -d 'Connect a container to a network' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l pod-id-file -d 'Write the pod ID to the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -s p -l publish -d 'Publish a container\'s port, or a range of ports, to the host' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l share -d 'A comma delimited list of kernel namespaces the pod will share (ipc, net, pid, uts or none)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l share-parent -d 'Set the pod\'s cgroup as the cgroup parent for all containers joining the pod' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l shm-size -d 'Size of /dev/shm (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l sysctl -d 'Sysctl options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l replace -d 'If a pod with the same name exists, replace it'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from create" -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from exists" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from exists" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from exists" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from exists" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from exists" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from exists" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from exists" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from exists" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from exists" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from inspect" -s f -l format -d 'Format the output to a Go template or json' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from inspect" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from inspect" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from inspect" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from inspect" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from inspect" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from inspect" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from inspect" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from inspect" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from inspect" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -s s -l signal -d 'Signal to send to the containers in the pod' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -s a -l all -d 'Kill all containers in all pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from kill" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -s c -l container -d 'Show the log of this container of the pod only' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -l since -d 'Show logs since TIMESTAMP, or since a duration ago' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -l tail -d 'Output the specified number of lines at the end of the logs, -1 for all' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -l until -d 'Show logs until TIMESTAMP, or until a duration ago' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -s f -l follow -d 'Follow log output'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -s n -l names -d 'Output the container name in the log'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -s t -l timestamps -d 'Output the timestamps in the log'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from logs" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from pause" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from pause" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from pause" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from pause" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from pause" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from pause" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from pause" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from pause" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from pause" -s a -l all -d 'Pause all running pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from pause" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from prune" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from prune" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from prune" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from prune" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from prune" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from prune" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from prune" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from prune" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from prune" -s f -l force -d 'Do not prompt for confirmation'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -s f -l filter -d 'Filter output based on conditions given (id, name, status, label, ctr-ids, ctr-names, ctr-number, ctr-status, network)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l format -d 'Pretty-print pods to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l sort -d 'Sort output by created, id, name, number or status' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l ctr-ids -d 'Display the container UUIDs. If no-trunc is not set they will be truncated'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l ctr-names -d 'Display the container names'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l ctr-status -d 'Display the container status'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l no-trunc -d 'Do not truncate pod and container IDs'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -s n -l noheading -d 'Do not print headers'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -l ns -d 'Display namespace information of the pod'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -s q -l quiet -d 'Print the numeric IDs of the pods only'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ps" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Filter output based on conditions given (id, name, status, label, ctr-ids, ctr-names, ctr-number, ctr-status, network)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l format -d 'Pretty-print pods to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l sort -d 'Sort output by created, id, name, number or status' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l ctr-ids -d 'Display the container UUIDs. If no-trunc is not set they will be truncated'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l ctr-names -d 'Display the container names'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l ctr-status -d 'Display the container status'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l no-trunc -d 'Do not truncate pod and container IDs'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -s n -l noheading -d 'Do not print headers'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -l ns -d 'Display namespace information of the pod'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print the numeric IDs of the pods only'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -s f -l filter -d 'Filter output based on conditions given (id, name, status, label, ctr-ids, ctr-names, ctr-number, ctr-status, network)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l format -d 'Pretty-print pods to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l sort -d 'Sort output by created, id, name, number or status' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l ctr-ids -d 'Display the container UUIDs. If no-trunc is not set they will be truncated'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l ctr-names -d 'Display the container names'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l ctr-status -d 'Display the container status'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not truncate pod and container IDs'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -s n -l noheading -d 'Do not print headers'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -l ns -d 'Display namespace information of the pod'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print the numeric IDs of the pods only'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restart" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restart" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restart" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restart" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restart" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restart" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restart" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restart" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restart" -s a -l all -d 'Restart all running pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restart" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restart" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -s i -l import -d 'Restore from the archive of a pod' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -s n -l name -d 'A new name for the pod; its containers get names that begin with it' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -s p -l publish -d 'Publish these ports instead of those that the archive publishes' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l skip-check -d 'Go on though this check fails (all: any that can be skipped)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l decrypt-with -d 'Decrypt with the age keys in this file (-: standard input)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l verify-with -d 'Require a signature by this public key of minisign, or by one in this file' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l allow-capabilities -d 'Grant the containers capabilities and paths of /proc and /sys beyond the usual ones'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l allow-devices -d 'Grant the containers the device nodes that their archives name'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l allow-host-network -d 'Grant the pod the network of this host'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l allow-mounts -d 'Grant the containers the directories of this host that their archives name'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l file-locks -d 'Restore containers with file locks'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l ignore-rootfs -d 'Do not apply root file-system changes'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l ignore-static-ip -d 'Ignore the IP address that the pod was given'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l ignore-static-mac -d 'Ignore the MAC address that the pod was given'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l ignore-volumes -d 'Do not apply the content of named volumes'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l print-stats -d 'Display restore statistics'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -l require-signature -d 'Require a signature by a key of the host\'s policy'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -l pod-id-file -d 'Read the pod ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -s t -l time -d 'Seconds to wait for pod stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -s a -l all -d 'Remove all pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -s f -l force -d 'Stop containers that run, then remove all containers of the pod and the pod'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -s i -l ignore -d 'Ignore errors when a specified pod is missing'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -l pod-id-file -d 'Read the pod ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -s a -l all -d 'Start all pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -l format -d 'Pretty-print container statistics to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -s a -l all -d 'Show the containers of all pods, also of those that do not run'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -l no-reset -d 'Disable resetting the screen when streaming'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -l no-stream -d 'Disable streaming stats and only pull the first result'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stats" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -l pod-id-file -d 'Read the pod ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -s t -l time -d 'Seconds to wait for pod stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -s a -l all -d 'Stop all running pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -s i -l ignore -d 'Ignore errors when a specified pod is missing'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from top" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from top" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from top" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from top" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from top" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from top" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from top" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from top" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from top" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from top" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from unpause" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from unpause" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from unpause" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from unpause" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from unpause" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from unpause" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from unpause" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from unpause" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from unpause" -s a -l all -d 'Unpause all paused pods'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from unpause" -s l -l latest -d 'Act on the pod created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pod; and __fish_seen_subcommand_from unpause" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -f -a "create" -d 'Create a new volume'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -f -a "exists" -d 'Check if volume exists'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -f -a "inspect" -d 'Display detailed information on one or more volumes'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -f -a "ls" -d 'List volumes'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -f -a "list" -d 'List volumes'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -f -a "prune" -d 'Remove all unused volumes'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -f -a "rm" -d 'Remove one or more volumes'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and not __fish_seen_subcommand_from create exists inspect ls list prune rm remove" -f -a "remove" -d 'Remove one or more volumes'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -s d -l driver -d 'Specify volume driver name' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -l gid -d 'Set the GID of the volume owner' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -s l -l label -d 'Set metadata for a volume' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -s o -l opt -d 'Set driver specific options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -l uid -d 'Set the UID of the volume owner' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -l ignore -d 'Don\'t fail if volume already exists'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from exists" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from exists" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from exists" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from exists" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from exists" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from exists" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from exists" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from exists" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from exists" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from inspect" -s f -l format -d 'Format the output to a Go template or json' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from inspect" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from inspect" -s a -l all -d 'Inspect all volumes'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -s f -l filter -d 'Filter volume output (name, driver, scope, label, label!, opt, dangling)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -l format -d 'Format volume output using JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -s n -l noheading -d 'Do not print headers'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print volume output in quiet mode'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -s f -l filter -d 'Filter volume output (name, driver, scope, label, label!, opt, dangling)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -l format -d 'Format volume output using JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -s n -l noheading -d 'Do not print headers'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print volume output in quiet mode'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from prune" -l filter -d 'Provide filter values (name, driver, scope, label, label!, opt)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from prune" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from prune" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from prune" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from prune" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from prune" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from prune" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from prune" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from prune" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from prune" -s f -l force -d 'Do not prompt for confirmation'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -s t -l time -d 'Seconds to wait for running containers to stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -s a -l all -d 'Remove all volumes'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -s f -l force -d 'Remove a volume by force, even if it is being used by a container'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -s t -l time -d 'Seconds to wait for running containers to stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -s a -l all -d 'Remove all volumes'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -s f -l force -d 'Remove a volume by force, even if it is being used by a container'
complete -c cryopod -n "__fish_cryopod_using_subcommand volume; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and not __fish_seen_subcommand_from run" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and not __fish_seen_subcommand_from run" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and not __fish_seen_subcommand_from run" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and not __fish_seen_subcommand_from run" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and not __fish_seen_subcommand_from run" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and not __fish_seen_subcommand_from run" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and not __fish_seen_subcommand_from run" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and not __fish_seen_subcommand_from run" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and not __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and not __fish_seen_subcommand_from run" -f -a "run" -d 'Run the health check of a container'
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and __fish_seen_subcommand_from run" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and __fish_seen_subcommand_from run" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and __fish_seen_subcommand_from run" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and __fish_seen_subcommand_from run" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and __fish_seen_subcommand_from run" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and __fish_seen_subcommand_from run" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and __fish_seen_subcommand_from run" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and __fish_seen_subcommand_from run" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand healthcheck; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -f -a "check" -d 'Compare what the engine knows with what is there, and repair it'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -f -a "events" -d 'Show events'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -f -a "info" -d 'Display system information'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and not __fish_seen_subcommand_from check events info service" -f -a "service" -d 'Serve the engine on sockets: REST as Podman and Docker, varlink'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -l format -d 'Change the output format to JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -s m -l max -d 'Maximum allowed age of unreferenced layers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -s f -l force -d 'Also repair what ends processes or removes containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -l json -d 'Print the findings as JSON'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -s q -l quick -d 'Skip time-consuming checks'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -l quiet -d 'Print only what is out of step'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -s r -l repair -d 'Repair what is out of step'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -s f -l filter -d 'Filter output' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l format -d 'Format the output to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l no-trunc -d 'Do not truncate the output' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l since -d 'Show all events created since timestamp' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l stream -d 'Stream events and do not exit when returning the last known event' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l until -d 'Show all events until timestamp' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from events" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from info" -s f -l format -d 'Change the output format to JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from info" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from info" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from info" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from info" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from info" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from info" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from info" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from info" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from info" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from service" -s t -l time -d 'Seconds without a connection until the service ends; 0: never' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from service" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from service" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from service" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from service" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from service" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from service" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from service" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from service" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from service" -l cri-restore -d 'Let clients of Kubernetes\' interface restore checkpoints that came from elsewhere'
complete -c cryopod -n "__fish_cryopod_using_subcommand system; and __fish_seen_subcommand_from service" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l add-host -d 'Add a custom host-to-IP mapping (host:ip)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l annotation -d 'Add annotations to container (key=value)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l cap-add -d 'Add capabilities to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l cap-drop -d 'Drop capabilities from the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l cidfile -d 'Write the container ID to the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l detach-keys -d 'Override the key sequence for detaching a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l device -d 'Add a host device to the container (HOST[:CONTAINER][:PERMISSIONS])' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l dns -d 'Set custom DNS servers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l dns-option -d 'Set custom DNS options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l dns-search -d 'Set custom DNS search domains' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l entrypoint -d 'Overwrite the default ENTRYPOINT of the image' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s e -l env -d 'Set environment variables in container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l env-file -d 'Read in a file of environment variables' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l group-add -d 'Add additional groups to the primary container process' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l health-cmd -d 'Set a healthcheck command for the container (\'none\' disables the existing healthcheck)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l health-interval -d 'Set an interval for the healthcheck (a value of disable results in no automatic timer setup)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l health-on-failure -d 'Action to take once the container turns unhealthy ("none"|"kill"|"restart"|"stop")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l health-retries -d 'The number of retries allowed before a healthcheck is considered to be unhealthy' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l health-start-period -d 'The initialization time needed for a container to bootstrap' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l health-timeout -d 'The maximum time allowed to complete the healthcheck before an interval is considered failed' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l cpu-period -d 'Limit CPU CFS (Completely Fair Scheduler) period' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l cpu-quota -d 'Limit CPU CFS (Completely Fair Scheduler) quota' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s c -l cpu-shares -d 'CPU shares (relative weight)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l cpus -d 'Number of CPUs. The default is 0.000 which means no limit' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l cpuset-cpus -d 'CPUs in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l cpuset-mems -d 'Memory nodes (MEMs) in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l memory-reservation -d 'Memory soft limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l memory-swap -d 'Swap limit equal to memory plus swap: \'-1\' to enable unlimited swap' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s h -l hostname -d 'Set container hostname' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l image-volume -d 'Tells how to handle the builtin image volumes (anonymous, tmpfs or ignore)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l ip -d 'Specify a static IPv4 address for the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s l -l label -d 'Set metadata on container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l log-driver -d 'Logging driver for the container ("k8s-file"|"json-file"|"journald"|"none")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l log-opt -d 'Logging driver options (max-size=SIZE)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l mac-address -d 'Container MAC address (e.g. 92:d0:c6:0a:29:33)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s m -l memory -d 'Memory limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l mount -d 'Attach a filesystem mount to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l name -d 'Assign a name to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l network -l net -d 'Connect a container to a network' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l oom-score-adj -d 'Tune the host\'s OOM preferences (-1000 to 1000)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l pids-limit -d 'Tune container pids limit (set -1 for unlimited)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l pod -d 'Run container in an existing pod, or in a new one (new:NAME)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s p -l publish -d 'Publish a container\'s port, or a range of ports, to the host' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l pull -d 'Pull image policy ("always"|"missing"|"never"|"newer")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l restart -d 'Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l security-opt -d 'Security Options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l shm-size -d 'Size of /dev/shm (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l stop-signal -d 'Signal to stop a container. Default is SIGTERM' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l stop-timeout -d 'Timeout (in seconds) that containers stopped by user command have to exit' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l sysctl -d 'Sysctl options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l tmpfs -d 'Mount a temporary filesystem (tmpfs) into a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l ulimit -d 'Ulimit options (NAME=SOFT[:HARD], or host for those of this process)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l umask -d 'Set umask in container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s u -l user -d 'Username or UID (format: <name|uid>[:<group|gid>])' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s v -l volume -d 'Mount a volume or a directory of the host into the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l volumes-from -d 'Mount volumes from the specified container(s)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s w -l workdir -d 'Working directory inside the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l no-healthcheck -d 'Disable healthchecks on container'
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s i -l interactive -d 'Make STDIN available to the contained process'
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l privileged -d 'Give extended privileges to container'
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s q -l quiet -d 'Suppress output information when pulling images'
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l read-only -d 'Make containers root filesystem read-only'
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l replace -d 'If a container with the same name exists, replace it'
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l rm -d 'Remove container and any anonymous unnamed volume associated with the container after exit'
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l rootfs -d 'The first argument is not an image but the rootfs to the exploded container'
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -s t -l tty -d 'Allocate a pseudo-TTY for container'
complete -c cryopod -n "__fish_cryopod_using_subcommand create" -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l sig-proxy -d 'Proxy received signals to the process' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l add-host -d 'Add a custom host-to-IP mapping (host:ip)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l annotation -d 'Add annotations to container (key=value)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l cap-add -d 'Add capabilities to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l cap-drop -d 'Drop capabilities from the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l cidfile -d 'Write the container ID to the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l detach-keys -d 'Override the key sequence for detaching a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l device -d 'Add a host device to the container (HOST[:CONTAINER][:PERMISSIONS])' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l dns -d 'Set custom DNS servers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l dns-option -d 'Set custom DNS options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l dns-search -d 'Set custom DNS search domains' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l entrypoint -d 'Overwrite the default ENTRYPOINT of the image' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s e -l env -d 'Set environment variables in container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l env-file -d 'Read in a file of environment variables' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l group-add -d 'Add additional groups to the primary container process' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l health-cmd -d 'Set a healthcheck command for the container (\'none\' disables the existing healthcheck)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l health-interval -d 'Set an interval for the healthcheck (a value of disable results in no automatic timer setup)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l health-on-failure -d 'Action to take once the container turns unhealthy ("none"|"kill"|"restart"|"stop")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l health-retries -d 'The number of retries allowed before a healthcheck is considered to be unhealthy' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l health-start-period -d 'The initialization time needed for a container to bootstrap' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l health-timeout -d 'The maximum time allowed to complete the healthcheck before an interval is considered failed' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l cpu-period -d 'Limit CPU CFS (Completely Fair Scheduler) period' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l cpu-quota -d 'Limit CPU CFS (Completely Fair Scheduler) quota' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s c -l cpu-shares -d 'CPU shares (relative weight)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l cpus -d 'Number of CPUs. The default is 0.000 which means no limit' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l cpuset-cpus -d 'CPUs in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l cpuset-mems -d 'Memory nodes (MEMs) in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l memory-reservation -d 'Memory soft limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l memory-swap -d 'Swap limit equal to memory plus swap: \'-1\' to enable unlimited swap' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s h -l hostname -d 'Set container hostname' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l image-volume -d 'Tells how to handle the builtin image volumes (anonymous, tmpfs or ignore)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l ip -d 'Specify a static IPv4 address for the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s l -l label -d 'Set metadata on container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l log-driver -d 'Logging driver for the container ("k8s-file"|"json-file"|"journald"|"none")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l log-opt -d 'Logging driver options (max-size=SIZE)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l mac-address -d 'Container MAC address (e.g. 92:d0:c6:0a:29:33)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s m -l memory -d 'Memory limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l mount -d 'Attach a filesystem mount to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l name -d 'Assign a name to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l network -l net -d 'Connect a container to a network' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l oom-score-adj -d 'Tune the host\'s OOM preferences (-1000 to 1000)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l pids-limit -d 'Tune container pids limit (set -1 for unlimited)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l pod -d 'Run container in an existing pod, or in a new one (new:NAME)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s p -l publish -d 'Publish a container\'s port, or a range of ports, to the host' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l pull -d 'Pull image policy ("always"|"missing"|"never"|"newer")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l restart -d 'Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l security-opt -d 'Security Options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l shm-size -d 'Size of /dev/shm (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l stop-signal -d 'Signal to stop a container. Default is SIGTERM' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l stop-timeout -d 'Timeout (in seconds) that containers stopped by user command have to exit' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l sysctl -d 'Sysctl options' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l tmpfs -d 'Mount a temporary filesystem (tmpfs) into a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l ulimit -d 'Ulimit options (NAME=SOFT[:HARD], or host for those of this process)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l umask -d 'Set umask in container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s u -l user -d 'Username or UID (format: <name|uid>[:<group|gid>])' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s v -l volume -d 'Mount a volume or a directory of the host into the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l volumes-from -d 'Mount volumes from the specified container(s)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s w -l workdir -d 'Working directory inside the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s d -l detach -d 'Run container in background and print container ID'
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l no-healthcheck -d 'Disable healthchecks on container'
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s i -l interactive -d 'Make STDIN available to the contained process'
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l privileged -d 'Give extended privileges to container'
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s q -l quiet -d 'Suppress output information when pulling images'
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l read-only -d 'Make containers root filesystem read-only'
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l replace -d 'If a container with the same name exists, replace it'
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l rm -d 'Remove container and any anonymous unnamed volume associated with the container after exit'
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l rootfs -d 'The first argument is not an image but the rootfs to the exploded container'
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -s t -l tty -d 'Allocate a pseudo-TTY for container'
complete -c cryopod -n "__fish_cryopod_using_subcommand run" -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l checkpoint -d 'Restore from this checkpoint' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l checkpoint-dir -d 'Use a custom checkpoint storage directory' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l detach-keys -d 'Override the key sequence for detaching a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l sig-proxy -d 'Proxy received signals to the process (default true if attaching, false otherwise)' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -l all -d 'Start all containers regardless of their state or configuration'
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -s a -l attach -d 'Attach container\'s STDOUT and STDERR'
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -s i -l interactive -d 'Make STDIN available to the contained process'
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand start" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -s t -l time -d 'Seconds to wait for stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -s a -l all -d 'Stop all running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -s i -l ignore -d 'Ignore errors when a specified container is missing'
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand stop" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -s s -l signal -d 'Signal to send to the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -s a -l all -d 'Signal all running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand kill" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -s a -l all -d 'Pause all running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand pause" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -s a -l all -d 'Unpause all paused containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand unpause" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -l condition -d 'Condition to wait on: a status ("created", "running", "paused", "exited", "stopped", "removing")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -s i -l interval -d 'Time interval to wait before polling for completion' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -l ignore -d 'Ignore if a container does not exist'
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand wait" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -s t -l time -d 'Seconds to wait for stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -s a -l all -d 'Remove all containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -s f -l force -d 'Force removal of a running or unusable container'
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -s i -l ignore -d 'Ignore errors when a specified container is missing'
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -s v -l volumes -d 'Remove anonymous volumes associated with the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand rm" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -l since -d 'Show logs since TIMESTAMP, or since a duration ago' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -l tail -d 'Output the specified number of lines at the end of the logs, -1 for all' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -l until -d 'Show logs until TIMESTAMP, or until a duration ago' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -s f -l follow -d 'Follow log output'
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -s n -l names -d 'Output the container name in the log'
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -s t -l timestamps -d 'Output the timestamps in the log'
complete -c cryopod -n "__fish_cryopod_using_subcommand logs" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -s e -l env -d 'Set environment variables' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -l env-file -d 'Read in a file of environment variables' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -s u -l user -d 'Sets the username or UID used and optionally the groupname or GID for the specified command' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -s w -l workdir -d 'Working directory inside the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -s d -l detach -d 'Run the exec session in detached mode (backgrounded)'
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -s i -l interactive -d 'Make STDIN available to the contained process'
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -l privileged -d 'Give the process extended Linux capabilities inside the container'
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -s t -l tty -d 'Allocate a pseudo-TTY'
complete -c cryopod -n "__fish_cryopod_using_subcommand exec" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -l detach-keys -d 'Select the key sequence for detaching a container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -l sig-proxy -d 'Proxy received signals to the process' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -l no-stdin -d 'Do not attach STDIN'
complete -c cryopod -n "__fish_cryopod_using_subcommand attach" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -l cidfile -d 'Read the container ID from the file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -s f -l filter -d 'Filter output based on conditions given' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -s t -l time -d 'Seconds to wait for stop before killing the container' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -s a -l all -d 'Restart all containers regardless of their state or configuration'
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -l running -d 'Restart only running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand restart" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand rename" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rename" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rename" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rename" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand rename" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand rename" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand rename" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rename" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rename" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand top" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand top" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand top" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand top" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand top" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand top" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand top" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand top" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand top" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand top" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l format -d 'Pretty-print container statistics to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -s i -l interval -d 'Time in seconds between stats reports' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -s a -l all -d 'Show all containers. Only running containers are shown by default'
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l no-reset -d 'Disable resetting the screen between intervals'
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l no-stream -d 'Disable streaming stats and only pull the first result'
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -l no-trunc -d 'Do not truncate output'
complete -c cryopod -n "__fish_cryopod_using_subcommand stats" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand port" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand port" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand port" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand port" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand port" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand port" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand port" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand port" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand port" -s a -l all -d 'Display port information for all containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand port" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand port" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand cp" -s a -l archive -d 'Chown copied files to the primary uid/gid of the destination container' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand cp" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand cp" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand cp" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand cp" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand cp" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand cp" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand cp" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand cp" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand cp" -l overwrite -d 'Allow to overwrite directories with non-directories and vice versa'
complete -c cryopod -n "__fish_cryopod_using_subcommand cp" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand diff" -l format -d 'Change the output format (json)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand diff" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand diff" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand diff" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand diff" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand diff" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand diff" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand diff" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand diff" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand diff" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand diff" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand export" -s o -l output -d 'Write to a specified file (default: stdout, which must be redirected)' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand export" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand export" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand export" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand export" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand export" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand export" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand export" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand export" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand export" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -s m -l memory -d 'Memory limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l pids-limit -d 'Tune container pids limit (set -1 for unlimited)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l restart -d 'Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l cpu-period -d 'Limit CPU CFS (Completely Fair Scheduler) period' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l cpu-quota -d 'Limit CPU CFS (Completely Fair Scheduler) quota' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -s c -l cpu-shares -d 'CPU shares (relative weight)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l cpus -d 'Number of CPUs. The default is 0.000 which means no limit' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l cpuset-cpus -d 'CPUs in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l cpuset-mems -d 'Memory nodes (MEMs) in which to allow execution (0-3, 0,1)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l memory-reservation -d 'Memory soft limit (format: <number>[<unit>], where unit = b, k, m or g)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l memory-swap -d 'Swap limit equal to memory plus swap: \'-1\' to enable unlimited swap' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand update" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -s a -l author -d 'Set the author for the image committed' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -s c -l change -d 'Apply an instruction to the created image: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -s f -l format -d 'Format of the image manifest and metadata' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -l iidfile -d 'File to write the image ID to' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -s m -l message -d 'Set commit message for imported image' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -s p -l pause -d 'Pause container during commit'
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -s q -l quiet -d 'Suppress output'
complete -c cryopod -n "__fish_cryopod_using_subcommand commit" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -s f -l filter -d 'Filter output based on conditions given (id, name, status, label, ancestor, exited, health, volume, pod)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l format -d 'Pretty-print containers to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -s n -l last -d 'Print the n last created containers (all states)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l sort -d 'Sort output by: command, created, id, image, names, runningfor, status' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -s a -l all -d 'Show all the containers, default is only running containers'
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -s l -l latest -d 'Show the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l no-trunc -d 'Display the extended information'
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -l noheading -d 'Do not print headers'
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -s p -l pod -d 'Print the ID and name of the pod the containers are associated with'
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -s q -l quiet -d 'Print the numeric IDs of the containers only'
complete -c cryopod -n "__fish_cryopod_using_subcommand ps" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -s f -l format -d 'Format the output to a Go template or json' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -s t -l type -d 'Specify inspect-object type ("all"|"container"|"image"|"network"|"pod"|"volume")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -s l -l latest -d 'Act on the container created last'
complete -c cryopod -n "__fish_cryopod_using_subcommand inspect" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -l format -d 'Change the output format to JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -s a -l all -d 'Show all images'
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -l digests -d 'Show digests'
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -l no-trunc -d 'Do not truncate output'
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -s n -l noheading -d 'Do not print column headings'
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -s q -l quiet -d 'Display only image IDs'
complete -c cryopod -n "__fish_cryopod_using_subcommand images" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -s c -l change -d 'Apply an instruction to the created image: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -s m -l message -d 'Set commit message for imported image' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -s q -l quiet -d 'Suppress output'
complete -c cryopod -n "__fish_cryopod_using_subcommand import" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand load" -s i -l input -d 'Read from specified archive file (default: stdin)' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand load" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand load" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand load" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand load" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand load" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand load" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand load" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand load" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand load" -s q -l quiet -d 'Suppress the output'
complete -c cryopod -n "__fish_cryopod_using_subcommand load" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -l format -d 'Save image to oci-archive, docker-archive' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -s o -l output -d 'Write to a specified file (default: stdout, which must be redirected)' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -l compress -d 'Accepted; layers are saved as they were brought in'
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -s m -l multi-image-archive -d 'Interpret additional arguments as images not tags and create a multi-image-archive'
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -s q -l quiet -d 'Suppress the output'
complete -c cryopod -n "__fish_cryopod_using_subcommand save" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -l format -d 'Change the output to JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -s H -l human -d 'Display sizes and dates in human readable format' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -l no-trunc -d 'Do not truncate the output'
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -s q -l quiet -d 'Display the numeric IDs only'
complete -c cryopod -n "__fish_cryopod_using_subcommand history" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l policy -d 'Pull image policy ("always"|"missing"|"never"|"newer")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -s q -l quiet -d 'Suppress output information when pulling images'
complete -c cryopod -n "__fish_cryopod_using_subcommand pull" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l digestfile -d 'Write the digest of the pushed image to the specified file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -s q -l quiet -d 'Suppress output information when pushing images'
complete -c cryopod -n "__fish_cryopod_using_subcommand push" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l cert-dir -d 'Path of a directory with TLS certificates and keys' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -s p -l password -d 'Password for registry' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -s u -l username -d 'Username for registry' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l get-login -d 'Return the current login user for the registry'
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -l password-stdin -d 'Take the password from stdin'
complete -c cryopod -n "__fish_cryopod_using_subcommand login" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand logout" -l authfile -d 'Path of the authentication file' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand logout" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand logout" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand logout" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand logout" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand logout" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand logout" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand logout" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand logout" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand logout" -s a -l all -d 'Remove the cached credentials for all registries in the auth file'
complete -c cryopod -n "__fish_cryopod_using_subcommand logout" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -s a -l all -d 'Remove all images'
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -s f -l force -d 'Remove also the containers that use the image'
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -s i -l ignore -d 'Ignore errors if a specified image does not exist'
complete -c cryopod -n "__fish_cryopod_using_subcommand rmi" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand tag" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand tag" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand tag" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand tag" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand tag" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand tag" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand tag" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand tag" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand tag" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand untag" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand untag" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand untag" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand untag" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand untag" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand untag" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand untag" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand untag" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand untag" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -s f -l filter -d 'Filter output' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l format -d 'Format the output to JSON or using a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l no-trunc -d 'Do not truncate the output' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l since -d 'Show all events created since timestamp' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l stream -d 'Stream events and do not exit when returning the last known event' -r -f -a "true\t''
false\t''"
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l until -d 'Show all events until timestamp' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand events" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand doctor" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand doctor" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand doctor" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand doctor" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand doctor" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand doctor" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand doctor" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand doctor" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand doctor" -l json -d 'Print the findings as JSON'
complete -c cryopod -n "__fish_cryopod_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand info" -s f -l format -d 'Change the output format to JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand info" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand info" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand info" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand info" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand info" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand info" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand info" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand info" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand info" -s h -l help -d 'Print help'
complete -c cryopod -n "__fish_cryopod_using_subcommand version" -s f -l format -d 'Change the output format to JSON or a Go template' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand version" -l root -d 'Path to the root directory in which data, including images, is stored' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand version" -l runroot -d 'Path to the \'run directory\' where all state that a reboot ends is kept' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand version" -l tmpdir -d 'Path to the directory for temporary state, such as exit files' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand version" -l runtime -d 'Name of, or path to, the OCI runtime that runs containers' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand version" -l log-level -d 'Log messages above this level (trace, debug, info, warn, warning, error, fatal, panic)' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand version" -l cgroup-manager -d 'Cgroup manager to use ("cgroupfs"|"systemd")' -r
complete -c cryopod -n "__fish_cryopod_using_subcommand version" -l network-config-dir -d 'Path of the configuration directory for networks' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand version" -l conmon -d 'Path of the container monitor' -r -F
complete -c cryopod -n "__fish_cryopod_using_subcommand version" -s h -l help -d 'Print help'
