import JobEngine
import Values

/// Methods that tell which methods there are.
extension RPCMethod {
    static let listMethods = RPCMethod(
        "system.listMethods", returns: .array, help: "Answers the names of all methods."
    ) { (_) throws(JobError) in
        .strings(RPCMethodTable.all.map(\.name))
    }

    static let methodHelp = RPCMethod(
        "system.methodHelp", RPCParameter("method", .string), returns: .string,
        help: """
            Answers what a method does.
            @method, one of system.listMethods
            """
    ) { (call) throws(JobError) in
        .string(try Self.subject(of: call).help)
    }

    static let methodSignature = RPCMethod(
        "system.methodSignature", RPCParameter("method", .string), returns: .array,
        help: """
            Answers a list of the ways to call a method, each a list of types, the returned one first.
            @method, one of system.listMethods
            """
    ) { (call) throws(JobError) in
        .list(try Self.subject(of: call).signatures.map { Value.strings($0.map(\.rawValue)) })
    }

    private static func subject(of call: RPCCall) throws(JobError) -> RPCMethod {
        guard let method = RPCMethodTable.method(call.text(0)) else {
            throw JobError(
                .parameterInvalid, "There is no method '\(call.text(0).echoed)'; system.listMethods names them all."
            )
        }
        return method
    }
}
