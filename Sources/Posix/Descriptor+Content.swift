package import Glibc

/// Contents as wholes: what was interrupted or done in part is gone on with.
extension Descriptor {
    /// Writes all bytes: from a place on, or behind what was written before.
    ///
    /// - Throws: ``SystemFault``; some of the bytes may be in the file then.
    package func write(_ bytes: ArraySlice<UInt8>, at place: Int? = nil) throws(SystemFault) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { part in
                guard let place else { return Glibc.write(number, part.baseAddress, part.count) }
                return pwrite(number, part.baseAddress, part.count, off_t(place + rest.startIndex - bytes.startIndex))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemFault(count < 0 ? errno : ENOSPC) }
            rest = rest.dropFirst(count)
        }
    }

    /// Bytes from a place on; fewer than asked for where the file ends.
    package func read(from place: Int, count: Int) throws(SystemFault) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { room, filled in
            while filled < room.count {
                let part = pread(
                    number, room.baseAddress?.advanced(by: filled), room.count - filled, off_t(place + filled))
                if part < 0, errno == EINTR { continue }
                if part < 0 { code = errno }
                if part <= 0 { return }
                filled += part
            }
        }
        guard code == 0 else { throw SystemFault(code) }
        return bytes
    }

    /// Makes a file of this folder have this content and these permission bits, whether there was one or not; on the disk
    /// on return.
    ///
    /// The content goes to a hidden file beside it that takes its place: after a crash the file is wholly the old or
    /// wholly the new one. There must be one writer of a name at a time.
    ///
    /// - Throws: ``SystemFault``; the old file is whole, or, when only the folder could not be flushed, the new one.
    package func replace(_ name: String, by bytes: [UInt8], mode: mode_t) throws(SystemFault) {
        let temporary = ".\(name).new"
        // Left by a crash.
        guard unlinkat(number, temporary, 0) == 0 || errno == ENOENT else { throw SystemFault() }
        do throws(SystemFault) {
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            let file = try Descriptor(openat(number, temporary, flags, 0o600))
            try file.write(bytes[...])
            try file.setMode(mode)
            try file.flush()
            guard renameat(number, temporary, number, name) == 0 else { throw SystemFault() }
        } catch {
            unlinkat(number, temporary, 0)
            throw error
        }
        try flush()
    }
}
