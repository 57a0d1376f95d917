// The schema's words, as they stand in files: `majority`, `aaaa`, `last_known`.
//
// Thread safety: pure.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>
#include <vector>

#include "waypost/v1/control.pb.h"

namespace waypost::render {

std::string WordOf(v1::RecordType type);  // "A", "AAAA", "CNAME"
std::string WordOf(v1::Quorum quorum);    // "majority" also for the default
std::string WordOf(v1::OnAllDown choice);
std::string WordOf(v1::OnNoDataYet choice);
std::string WordOf(v1::OnStale choice);
std::string WordOf(v1::KeyAlgorithm algorithm);
std::string WordOf(v1::Opinion opinion);  // "up", "down", "-"
std::string WordOf(v1::Layer layer);      // "none", "connect", ...
std::string WordOf(v1::Fault fault);      // "refused", ...; empty for none and other

/// "geo", "latency", ...; a nested policy as `policy "NAME"`.
std::string WordOf(const v1::Step& step);
/// "drained", "forced up", "fails over to web-eu".
std::string WordsOf(const v1::Override& override);

/// "730 of 1000 (73%)".
std::string LoadWords(const v1::Load& load);

std::string Join(const std::vector<std::string>& words, const std::string& separator = ", ");
std::string Join(const google::protobuf::RepeatedPtrField<std::string>& words,
                 const std::string& separator = ", ");

}  // namespace waypost::render
