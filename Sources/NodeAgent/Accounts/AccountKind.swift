/// Users and groups have names and ids of their own.
enum AccountKind: String, CaseIterable, Sendable {
    case user, group
}
