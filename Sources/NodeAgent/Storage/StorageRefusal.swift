import EXAConf
import JobEngine
import Values

/// Why storage cannot do what it was asked to, found before anything was changed.
struct StorageRefusal: Error {
    /// What kind of error it is for the caller of the job.
    enum Kind {
        /// Too little space on the devices or in the file system.
        case space
        /// Something is in the way, such as a lock.
        case busy
        case missing
        case exists
    }

    let kind: Kind
    /// For the caller: what is wrong and what to do.
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The same for the caller of a job.
    ///
    /// - Parameter parameter: What asked for the space there is not; nil when no parameter did.
    func error(about parameter: String?) -> JobError {
        switch kind {
        case .space: parameter.map { .invalid($0, message) } ?? JobError(.objectBusy, message)
        case .busy: JobError(.objectBusy, message)
        case .missing: JobError(.objectMissing, message)
        case .exists: JobError(.objectExists, message)
        }
    }
}

/// A number of bytes in a message, such as `4 GiB`.
struct ByteText: CustomStringConvertible {
    let bytes: Int

    init(_ bytes: Int) { self.bytes = bytes }

    var description: String { Size(bytes: max(0, bytes))?.description ?? "\(bytes) B" }
}
