"""tau2-bench's airline policy as a rule book: does the language of requests hold a real policy?"""
