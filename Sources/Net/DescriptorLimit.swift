// How many descriptors the process may have.

internal import CLinux

/// The system's bound on open descriptors of this process.
public enum DescriptorLimit {
    /// Raises the bound to what the system allows and gives it. May be called again; changes nothing then.
    public static func raised() -> Int {
        Int(clamping: flowd_raise_descriptor_limit())
    }
}
