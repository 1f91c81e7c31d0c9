import Glibc
package import JobEngine
import Posix

/// A call of the operating system that failed.
package struct FileFault: Error, Hashable, CustomStringConvertible {
    /// What was being done, such as `write`.
    package let operation: String
    /// What the call was about; a file or a folder.
    package let path: String
    /// The `errno` of the call.
    package let code: Int32
    /// Said instead of the system's text for the code.
    private var reason: String?

    /// `operation` completes "Cannot … PATH"; `reason` is said in place of the system's text for the code.
    package init(_ operation: String, _ path: String, code: Int32, reason: String? = nil) {
        self.operation = operation
        self.path = path
        self.code = code
        self.reason = reason
    }

    /// The code of a call that found nothing under the path.
    static let absent = ENOENT

    /// The fault of the call that just failed.
    static func last(_ operation: String, _ path: String) -> FileFault {
        FileFault(operation, path, code: errno)
    }

    /// Does it, and tells what the system said of it.
    static func told<Result>(
        _ operation: String, _ path: String, work: () throws(SystemFault) -> Result
    ) throws(FileFault) -> Result {
        do throws(SystemFault) {
            return try work()
        } catch {
            throw FileFault(operation, path, code: error.code)
        }
    }

    package var description: String {
        "Cannot \(operation) \(path): \(reason ?? String(cString: strerror(code)))."
    }

    /// The same as the port tells it.
    package var installError: InstallError { InstallError(description) }
}
