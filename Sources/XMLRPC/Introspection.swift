/// Answers `system.listMethods`, `system.methodHelp` and `system.methodSignature` from a list of descriptions.
package struct Introspection: Sendable {
    /// In the order in which `system.listMethods` shows them.
    package let methods: [MethodDescription]
    private let byName: [String: MethodDescription]

    /// Of two descriptions with one name the first is used.
    package init(methods: [MethodDescription]) {
        self.methods = methods
        byName = Dictionary(methods.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Description of a method, nil when there is no such method.
    package func method(_ name: String) -> MethodDescription? { byName[name] }

    /// The answer to an introspection call, or nil when the call is of another method.
    ///
    /// - Throws: `Fault` -32602 for arguments that do not fit, also for the name of a method that does not exist.
    package func answer(to call: MethodCall) throws(Fault) -> Value? {
        switch call.methodName {
        case "system.listMethods":
            guard call.parameters.isEmpty else {
                throw Fault(.invalidParameters, "system.listMethods takes no arguments.")
            }
            return Value(strings: methods.map(\.name))
        case "system.methodHelp": return try .string(subject(of: call).help)
        case "system.methodSignature": return try subject(of: call).signatureValue
        default: return nil
        }
    }

    private func subject(of call: MethodCall) throws(Fault) -> MethodDescription {
        guard call.parameters.count == 1, let name = call.parameters[0].stringValue else {
            throw Fault(.invalidParameters, "\(call.methodName) takes one argument, the name of a method.")
        }
        guard let method = byName[name] else {
            throw Fault(.invalidParameters, "There is no method of that name; system.listMethods shows them all.")
        }
        return method
    }
}
