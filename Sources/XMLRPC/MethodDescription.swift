/// What introspection tells about one method.
package struct MethodDescription: Sendable, Hashable {
    /// As clients call it, with any prefix such as `system.`.
    package let name: String
    /// Text for people, may have several lines.
    package let help: String
    /// One for each way to call the method; empty when nothing is promised.
    package let signatures: [Signature]

    /// Without signatures clients are told that none is known.
    package init(name: String, help: String, signatures: [Signature] = []) {
        self.name = name
        self.help = help
        self.signatures = signatures
    }

    /// The types of one way to call a method.
    package struct Signature: Sendable, Hashable {
        /// Type of the value that is answered when there is no fault.
        package let returns: ValueType
        /// Types of the arguments, one for each position.
        package let parameters: [ValueType]

        /// By default of a call without arguments.
        package init(returns: ValueType, parameters: [ValueType] = []) {
            self.returns = returns
            self.parameters = parameters
        }

        /// The names of the types, the returned one first.
        package var value: Value { Value(strings: ([returns] + parameters).map(\.rawValue)) }
    }

    /// The answer of `system.methodSignature`: a list of signatures, or the text `undef` when none is known.
    package var signatureValue: Value {
        signatures.isEmpty ? "undef" : .array(signatures.map(\.value))
    }
}
