import CPosix
import Glibc

/// What a process gives up for good before it reads what strangers made.
package enum Confinement {
    /// Closes all descriptors but the standard ones.
    package static func closeDescriptors() { cposix_close_from(STDERR_FILENO + 1) }

    /// Sets how many bytes of memory it may have at most, and that it leaves no core.
    package static func limit(memory: Int) throws(SystemFault) {
        for (resource, most) in [(RLIMIT_AS, rlim_t(memory)), (RLIMIT_CORE, 0)] {
            var limit = rlimit(rlim_cur: most, rlim_max: most)
            guard setrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { throw SystemFault() }
        }
    }

    /// Takes the network, other programs and other processes from it, with whatever it has the right to.
    ///
    /// - Parameter thread: Whether only from the calling thread.
    package static func enter(thread: Bool = false) throws(SystemFault) {
        guard cposix_confine(thread ? 0 : 1) == 0 else { throw SystemFault() }
    }
}
