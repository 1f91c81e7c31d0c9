/// The elements of an XML-RPC document.
enum Element: String {
    case value, string, member, name, int, `struct`, array, data, boolean, param, params, methodCall, methodName
    case double, base64, i4, i8, i1, i2, `nil`, methodResponse, fault
    case dateTime = "dateTime.iso8601"
    case extendedNil = "ex:nil"
    case extendedI8 = "ex:i8"
    case extendedI1 = "ex:i1"
    case extendedI2 = "ex:i2"

    /// True for the elements that hold text and no elements.
    var isLeaf: Bool {
        switch self {
        case .methodName, .name: true
        default: isScalar
        }
    }

    /// True for the elements that name the type of a simple value.
    var isScalar: Bool {
        switch self {
        case .string, .int, .i1, .i2, .i4, .i8, .extendedI1, .extendedI2, .extendedI8, .boolean, .double, .base64,
            .dateTime, .nil, .extendedNil:
            true
        default: false
        }
    }

    /// True when the element may come next inside this one, which has `children` elements so far.
    func accepts(_ child: Element, after children: Int, in root: Element) -> Bool {
        switch self {
        case .methodCall: children == 0 ? child == .methodName : children == 1 && child == .params
        case .methodResponse: children == 0 && (child == .params || child == .fault)
        case .params: child == .param && (children == 0 || root == .methodCall)
        case .param, .fault: child == .value && children == 0
        case .value: children == 0 && (child.isScalar || child == .array || child == .struct)
        case .array: child == .data && children == 0
        case .data: child == .value
        case .struct: child == .member
        case .member: children == 0 ? child == .name : children == 1 && child == .value
        default: false
        }
    }

    /// Fewest elements that this one must hold when it ends.
    func minimumChildren(in root: Element) -> Int {
        switch self {
        case .member: 2
        case .methodCall, .methodResponse, .param, .fault, .array: 1
        case .params: root == .methodCall ? 0 : 1
        default: 0
        }
    }
}
