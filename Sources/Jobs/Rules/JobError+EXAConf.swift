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
        case .invalid: self = Self.refused(error.message, about: parameter, keys: keys)
        case .syntax, .tooLarge, .notUTF8, .integrity, .unusable: self.init(.jobFailed, error.message)
        }
    }

    private static func refused(_ message: String, about parameter: String?, keys: [String: String]) -> JobError {
        let parts = message.split(separator: ": ", maxSplits: 1)
        if parts.count == 2, let named = keys[String(parts[0])] {
            return .invalid(named, "'\(named)': \(parts[1])")
        }
        guard let parameter else { return JobError(.parameterInvalid, message) }
        return .invalid(parameter, "'\(parameter)': \(message)")
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
