package import Values

/// An answer: the one value a call returned, or a fault.
package enum MethodResponse: Sendable, Hashable {
    case value(Value)
    case fault(Fault)

    /// Reads the document a server answered, all of it.
    ///
    /// - Throws: `XMLRPCError` for everything that the XML-RPC specification does not allow, and for a passed limit.
    package init(parsing document: some Collection<UInt8>, limits: Limits = .standard) throws(XMLRPCError) {
        let reader = DocumentReader(root: .methodResponse, limits: limits)
        try reader.read(document)
        guard let value = reader.values.first else {
            throw XMLRPCError(.structureInvalid, "The response has no value.")
        }
        guard reader.isFault else {
            self = .value(value)
            return
        }
        guard let fault = Fault(value) else {
            throw XMLRPCError(.structureInvalid, "A fault is a struct of the int faultCode and the string faultString.")
        }
        self = .fault(fault)
    }

    /// The document to send, in UTF-8. Never fails: characters that XML cannot carry become U+FFFD, a double that is
    /// not finite becomes `<nil/>`.
    package func encoded() -> [UInt8] {
        var writer = DocumentWriter()
        writer.write(self)
        return writer.bytes
    }

    /// The value.
    ///
    /// - Throws: the `Fault` when it is one.
    package func get() throws(Fault) -> Value {
        switch self {
        case .value(let value): return value
        case .fault(let fault): throw fault
        }
    }
}
