import COpenSSL

/// Comparison of secrets.
package enum ConstantTime {
    /// True when both hold the same bytes. The time taken tells the lengths apart, never where the bytes differ.
    package static func equal(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        left.withBytes { left in
            right.withBytes { right in
                guard left.count == right.count else { return false }
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return confd_equal(first, second, left.count) == 1
            }
        }
    }
}
