"""Heads: classes taught on features, judged honestly, and folded into dense layers."""
