LIMIT=600
def add_options(o): pass
def run(o): return 0
