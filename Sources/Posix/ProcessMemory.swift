import CPosix

/// The memory of this process.
package enum ProcessMemory {
    /// Gives the system back what is free, in whole pages. Takes some milliseconds, and holds up whoever asks for memory
    /// meanwhile.
    package static func trim() { cposix_trim_memory() }
}
