import Values

@testable import XMLRPC

/// A call with one parameter, whose `<value>` element holds the given markup.
func call(_ markup: String, limits: Limits = .standard) throws(XMLRPCError) -> MethodCall {
    let document = "<methodCall><methodName>m</methodName><params><param>\(markup)</param></params></methodCall>"
    return try MethodCall(parsing: document.utf8, limits: limits)
}

/// The value that the markup between `<value>` and `</value>` stands for.
func value(_ markup: String, limits: Limits = .standard) throws(XMLRPCError) -> Value {
    let parameters = try call("<value>\(markup)</value>", limits: limits).parameters
    return parameters.first ?? .null
}

/// The error that reading a call with the markup gives, or nil.
func failure(of markup: String, limits: Limits = .standard) -> XMLRPCError? {
    failure { () throws(XMLRPCError) in _ = try value(markup, limits: limits) }
}

/// The error that reading the whole document as a call gives, or nil.
func failure(ofDocument document: String, limits: Limits = .standard) -> XMLRPCError? {
    failure { () throws(XMLRPCError) in _ = try MethodCall(parsing: document.utf8, limits: limits) }
}

func failure(_ body: () throws(XMLRPCError) -> Void) -> XMLRPCError? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}
