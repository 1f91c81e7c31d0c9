import GRDB

extension Database {
    /// Runs a statement that is compiled once for the life of the connection.
    func run(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

extension Row {
    /// The value of a column; what does not fit its type is an error here, where a subscript would end the process.
    func at<Value: DatabaseValueConvertible>(_ index: Int) throws -> Value {
        try decode(Value.self, atIndex: index)
    }
}
