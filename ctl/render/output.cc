#include "ctl/render/output.h"

#include "dnsd/config/render.h"

namespace waypost::render {
namespace {

std::string EndedWithLineFeed(std::string text) {
  if (text.empty() || text.back() != '\n') text += '\n';
  return text;
}

/// JSON text has line feeds only between tokens (RFC 8259 section 7), so lines can be joined.
std::string Joined(const std::string& json) {
  std::string line;
  bool at_start = true;
  for (const char c : json) {
    if (c == '\n') at_start = true;
    if (c == '\n' || (at_start && c == ' ')) continue;
    at_start = false;
    line += c;
  }
  return line;
}

std::string JsonArray(const std::vector<v1::Resource>& resources) {
  std::string text = "[";
  for (const v1::Resource& resource : resources) {
    text += (text == "[" ? "\n" : ",\n") + config::ToJson(resource);
  }
  return text + "\n]\n";
}

std::string YamlDocuments(const std::vector<v1::Resource>& resources) {
  std::string text;
  for (const v1::Resource& resource : resources) {
    text += (text.empty() ? "" : "---\n") + EndedWithLineFeed(config::ToYaml(resource));
  }
  return text;
}

}  // namespace

std::string RenderMessage(const google::protobuf::Message& message, Format format) {
  return EndedWithLineFeed(format == Format::kJson ? config::ToJson(message)
                                                   : config::ToYaml(message));
}

std::string RenderJsonLine(const google::protobuf::Message& message) {
  return Joined(config::ToJson(message)) + "\n";
}

std::string RenderDocuments(const std::vector<v1::Resource>& resources, Format format) {
  return format == Format::kJson ? JsonArray(resources) : YamlDocuments(resources);
}

}  // namespace waypost::render
