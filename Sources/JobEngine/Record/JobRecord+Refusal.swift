package import Values

extension JobRecord {
    /// Why the job was declined, as a request it had not been made for would be told; `nil` for every other end.
    package var refusal: JobError? {
        guard outcome == .declined, let errorCode else { return nil }
        var error = JobError(errorCode, result?.plainText ?? "", details: errorDetails)
        error.faults = (error.details.removeValue(forKey: "errors")?.list ?? []).compactMap { JobError.Fault($0) }
        error.details["job_id"] = .string(id.description)
        return error
    }
}

extension JobError {
    /// The facts that are kept with a job, every fault among them under `errors`.
    package var keptDetails: [String: Value] {
        guard !faults.isEmpty else { return details }
        return details.merging(["errors": .list(faults.map(\.value))]) { given, _ in given }
    }
}

extension JobError {
    /// Everything it says, as nodes tell it each other.
    package var told: Value {
        ["code": .string(code.rawValue), "message": .string(message), "details": .map(keptDetails)]
    }

    /// `nil` for what is none, or has a code that is not known.
    package init?(told: Value) {
        guard let code = told["code"]?.string.flatMap(Code.init), let message = told["message"]?.string else {
            return nil
        }
        self.init(code, message, details: told["details"]?.map ?? [:])
        faults = (details.removeValue(forKey: "errors")?.list ?? []).compactMap { Fault($0) }
    }
}

extension JobError.Fault {
    /// Members `pointer`, `code` and `detail`.
    fileprivate var value: Value {
        ["pointer": .string(pointer), "code": .string(code.rawValue), "detail": .string(text)]
    }

    /// `nil` when one of them is absent or unknown.
    fileprivate init?(_ value: Value) {
        guard let pointer = value["pointer"]?.string, let text = value["detail"]?.string,
            let code = value["code"]?.string.flatMap(JobError.Code.init)
        else { return nil }
        self.init(pointer: pointer, code: code, text: text)
    }
}

extension JobRecord {
    /// The result once it cannot change any more: that of a change can still fail on its way to the nodes.
    package var lastResult: JobResult? { isDone ? result : nil }
}
