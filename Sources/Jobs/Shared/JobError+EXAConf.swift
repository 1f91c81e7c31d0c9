package import EXAConf
package import JobEngine

extension JobError {
    /// What a refused change of the configuration means to the caller of a job.
    ///
    /// - Parameters:
    ///   - parameter: The parameter a refused value without a key belongs to, such as a name.
    ///   - keys: Keys of the file and the parameters they are set by.
    package init(_ error: EXAConfError, about parameter: String? = nil, keys: [String: String] = [:]) {
        switch error.code {
        case .exists: self.init(.objectExists, error.message)
        case .missing: self.init(.objectMissing, error.message)
        case .inUse: self.init(.objectBusy, error.message)
        case .invalid: self = Self.refused(error, about: parameter, keys: keys)
        case .syntax, .tooLarge, .notUTF8, .integrity, .unusable: self.init(.jobFailed, error.message)
        }
    }

    /// The fault of a value, at the parameter that sets its key.
    private static func refused(_ error: EXAConfError, about parameter: String?, keys: [String: String]) -> JobError {
        let named = error.key.flatMap { keys[$0] }
        guard let place = named ?? parameter else { return JobError(.parameterInvalid, error.message) }
        // The key is not the caller's word for it.
        let opening = "\(error.key ?? ""): "
        let isOpened = named != nil && error.message.hasPrefix(opening)
        return .invalid(place, "'\(place)': \(isOpened ? error.message.dropFirst(opening.count) : error.message[...])")
    }

    /// Something a job was to make is there already.
    static func exists(_ what: String) -> JobError {
        JobError(.objectExists, "Given \(what) already exists.")
    }

    /// Something a job is about is not there.
    static func missing(_ what: String) -> JobError {
        JobError(.objectMissing, "Given \(what) does not exist.")
    }
}

extension Document {
    /// Changes the document, or throws what the change was refused for, in the caller's terms.
    mutating func edit<Result>(
        about parameter: String? = nil, keys: [String: String] = [:],
        _ change: (inout Document) throws(EXAConfError) -> Result
    ) throws(JobError) -> Result {
        do throws(EXAConfError) {
            return try change(&self)
        } catch {
            throw JobError(error, about: parameter, keys: keys)
        }
    }
}
