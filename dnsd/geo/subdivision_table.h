// Codes and names of subdivisions: some databases have only names, operators like the short codes.
//
// Thread safety: constants.
#pragma once

#include <span>
#include <string_view>

namespace waypost::geo {

/// Both lowered and with their country: "us-ca", "us-california".
struct SubdivisionWords {
  std::string_view code;  // ISO 3166-2
  std::string_view name;  // as GeoNames and the databases made from it write it in English
};

/// Of Australia, Brazil, Canada, Germany, the United Kingdom and the United States; a subdivision
/// of another country matches by the word that the database has. A code may stand more than once.
std::span<const SubdivisionWords> KnownSubdivisions() noexcept;

}  // namespace waypost::geo
