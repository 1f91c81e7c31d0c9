package import Values

/// Takes a `system.multicall` apart into its calls and puts their answers together.
package enum Multicall {
    /// The call that holds the others; it is refused inside itself.
    package static let methodName = "system.multicall"

    /// Largest number of calls in one request.
    package static let callLimit = 100

    /// The calls of a request in order. A call that is malformed or nested stands there as the fault to answer in its
    /// place, so the others can be carried out.
    ///
    /// - Throws: `Fault` -32602 when the arguments are not one array of at most `callLimit` elements.
    package static func calls(in request: MethodCall) throws(Fault) -> [Result<MethodCall, Fault>] {
        guard request.parameters.count == 1, let elements = request.parameters[0].list else {
            throw Fault(.invalidParameters, "system.multicall takes one argument, an array of calls.")
        }
        guard elements.count <= callLimit else {
            throw Fault(.invalidParameters, "system.multicall takes at most \(callLimit) calls at once.")
        }
        return elements.enumerated().map { position, element in
            Result { () throws(Fault) in
                try call(from: element, request.binaryPlaces.filter { $0.starts(with: [0, position]) })
            }
        }
    }

    /// The value to answer with: a list of one for each result, a struct of code and text for each fault.
    package static func answer(_ results: some Sequence<Result<Value, Fault>>) -> Value {
        .list(
            results.map { result in
                switch result {
                case .success(let value): .list([value])
                case .failure(let fault): fault.value
                }
            })
    }

    private static func call(from element: Value, _ binaryPlaces: [[Int]]) throws(Fault) -> MethodCall {
        guard let members = element.map, members.count == 2,
            let name = members["methodName"]?.string, let parameters = members["params"]?.list
        else {
            throw Fault(.invalidParameters, "A call is a struct of the string methodName and the array params.")
        }
        guard name != methodName else {
            throw Fault(.invalidParameters, "system.multicall cannot be called from system.multicall.")
        }
        guard MethodCall.isName(name) else {
            throw Fault(.invalidParameters, "A method name holds letters, digits and the characters _ . : / only.")
        }
        return MethodCall(methodName: name, parameters: parameters, binaryPlaces: binaryPlaces)
    }
}
