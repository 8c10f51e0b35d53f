"""Numbers of the forbidden system calls of a caged program, by architecture."""

X86_64 = 0xC000003E
AARCH64 = 0xC00000B7
"""Architecture numbers that the kernel passes to a filter (linux/audit.h)."""

MACHINES = {"x86_64": X86_64, "aarch64": AARCH64}

CLONE = {X86_64: 56, AARCH64: 220}
CLONE3 = 435

_ANYWHERE = (
    425,  # io_uring_setup: its rings would pass by this filter
    434,  # pidfd_open
    438,  # pidfd_getfd
    442,  # mount_setattr
    452,  # fchmodat2
)

FORKS = {X86_64: (57, 58), AARCH64: ()}
"""fork, vfork; `clone` is looked into, since threads are made by it too."""

SIGNALS = {X86_64: (62, 200, 234, 129, 297, 424), AARCH64: (129, 130, 131, 138, 240, 424)}
"""kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal."""

REFUSED = {
    X86_64: (
        *_ANYWHERE,
        *(41, 53),  # socket, socketpair
        *(101, 310, 311),  # ptrace, process_vm_readv, process_vm_writev
        *(155, 161, 165, 166, 272, 308),  # pivot_root, chroot, mount, umount2, unshare, setns
        *(
            246,
            175,
            313,
            320,
            169,
        ),  # kexec_load and its variants, modules, reboot
        *(248, 249, 250, 298, 304, 321, 323),  # keys, perf_event_open, handles, bpf, userfaultfd
        *(90, 91, 92, 93, 94, 260, 268),  # chmod, chown and their variants
        *(132, 235, 261, 280),  # times of files
        *(188, 189, 190, 197, 198, 199),  # extended attributes
        *(164, 227, 170, 171),  # clocks, names of the host
        *(29, 30, 68, 69, 64, 240, 241),  # System V memory, queues, semaphores; POSIX queues
    ),
    AARCH64: (
        *_ANYWHERE,
        *(198, 199),
        *(117, 270, 271),
        *(41, 51, 40, 39, 97, 268),
        *(104, 105, 273, 294, 142),
        *(217, 218, 219, 241, 265, 280, 282),
        *(52, 53, 54, 55),
        *(88,),
        *(5, 6, 7, 14, 15, 16),
        *(170, 112, 161, 162),
        *(194, 196, 186, 188, 190, 180, 181),
    ),
}
"""In the same order for both. Landlock does not protect file metadata, so these calls do."""
