import Glibc
import Posix

extension Descriptor {
    /// Bytes that may still be written to its file system before the space kept free for everything else is touched;
    /// less than 0 when it is touched already.
    func room(keeping reserve: Int) throws(SystemFault) -> Int {
        var found = statvfs()
        guard fstatvfs(number, &found) == 0 else { throw SystemFault() }
        let free = found.f_bavail.multipliedReportingOverflow(by: found.f_frsize)
        return (free.overflow ? Int.max : Int(clamping: free.partialValue)) - reserve
    }
}
