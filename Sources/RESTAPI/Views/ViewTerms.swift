import Gateway
import Hummingbird
import JobEngine
import Values

/// Translates between a caller of a view, who knows paths and members, and its job, which knows parameters.
struct ViewTerms {
    let served: ServedOperation
    let call: Call

    /// What the path says, in the types of the job's parameters.
    var pathArguments: [String: Value] {
        let arguments = served.givenByPath.map { ($0.name, Self.value(of: call.path($0.name), for: $0)) }
        return Dictionary(arguments) { first, _ in first }
    }

    /// What the query says.
    var queryArguments: [String: Value] {
        let arguments = served.queryParameters.compactMap { parameter in
            parameter.value(in: call.query).map { (parameter.name, $0) }
        }
        return Dictionary(arguments) { first, _ in first }
    }

    /// What is told when a part of the path names nothing.
    func unknown(_ name: String) -> Problem {
        Problem(JobError(.objectMissing, "There is no '\(name.echoed)' at this path (\(served.view.words))."))
    }

    /// An error of the job in the terms of the caller: faults stand where the caller sent what they are about.
    func problem(_ error: JobError) -> Problem {
        let faulty = Set(error.faults.map(Self.parameter))
        if let name = served.givenByPath.map(\.name).first(where: faulty.contains) { return unknown(call.path(name)) }
        var problem = Problem(error)
        problem.faults = error.faults.map { fault in
            .init(place(of: fault), fault.code.rawValue, detail: fault.text)
        }
        return problem
    }

    private func place(of fault: JobError.Fault) -> Problem.Fault.Place {
        guard fault.pointer.hasPrefix(Self.prefix) else { return .pointer(fault.pointer) }
        if !served.operation.hasBody { return .parameter(Self.parameter(of: fault)) }
        return .pointer("/\(fault.pointer.dropFirst(Self.prefix.count))")
    }

    private static let prefix = "/params/"

    private static func parameter(of fault: JobError.Fault) -> String {
        guard fault.pointer.hasPrefix(prefix) else { return "" }
        return String(fault.pointer.dropFirst(prefix.count).prefix { $0 != "/" })
    }

    /// A text that is not what the parameter takes stays a text, and names nothing.
    private static func value(of text: String, for parameter: Parameter) -> Value {
        guard !parameter.types.contains(.str), let number = Int(text), String(number) == text else {
            return .string(text)
        }
        return .int(number)
    }
}
